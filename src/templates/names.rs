//! Every name in every template, looked up in the view before anything is printed.
//!
//! tera finds an undefined name only when it comes past it, and takes one in a condition for
//! false. This walk also sees the branches that today's numbers do not choose, so a slip in the
//! sentence for exploding gradients is found while they vanish.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use tera::Value;

use super::compared::senseless;
use super::expression::{WORDS, asks_whether_defined, closing, keeps_shape};
use super::foreign;
use super::limits;
use super::map::Source;
use super::near;
use super::scan::{self, Kind, Segment, Tok, Token};
use super::scope::{Scope, comprehension, parameters};
use super::shape::{Shape, elements, field};
use super::view::{View, described};
use super::words::{self, Words};
use crate::diagnostic::Diagnostic;

/// The errors about names, in all templates that `root` leads to and in all components.
pub(super) fn check(
    files: &[Source],
    segments: &[Vec<Segment>],
    root: &str,
    view: &View,
) -> Vec<Diagnostic> {
    let mut walker = Walker {
        files,
        segments,
        view: &view.whole,
        schema: &view.schema,
        words: Words::new(&view.schema, &view.whole),
        errors: BTreeMap::new(),
        seen: BTreeSet::new(),
        depth: 0,
        steps_left: Some(limits::STEPS as usize),
    };
    let mut scopes = vec![Scope::default()];
    if let Some(root) = files.iter().position(|f| f.name == root) {
        walker.file(root, &mut scopes, false);
    }
    for file in 0..files.len() {
        if !walker.seen.contains(&file) {
            walker.file(file, &mut vec![Scope::default()], true);
        }
    }
    walker.errors.into_values().collect()
}

struct Walker<'v> {
    files: &'v [Source],
    segments: &'v [Vec<Segment>],
    view: &'v Value,
    schema: &'v serde_json::Value,
    words: Words,
    /// By file and place: a file included twice is wrong once.
    errors: BTreeMap<(usize, usize), Diagnostic>,
    seen: BTreeSet<usize>,
    depth: usize,
    /// Tags that may still be looked at, long ones counting several times; `None` once there were
    /// too many. A file is walked wherever it is included, since other names are seen there, and
    /// files that include one another several times multiply.
    steps_left: Option<usize>,
}

impl<'v> Walker<'v> {
    /// Walks a file; with `components_only` just the bodies of the components it defines.
    fn file(&mut self, file: usize, scopes: &mut Vec<Scope<'v>>, components_only: bool) {
        if self.depth > limits::INCLUDE_DEPTH {
            return;
        }
        self.depth += 1;
        let is_new = self.seen.insert(file);
        let text: &'v str = &self.files[file].text;
        let bottom = scopes.len();
        let slips = if is_new { foreign::paths(text, &self.segments[file]) } else { Vec::new() };
        let mut slips = slips.into_iter().peekable();
        for segment in &self.segments[file] {
            while let Some((path, slip)) = slips.next_if(|(_, s)| s.span.start < segment.span.end) {
                if !components_only && self.leads_somewhere(&path, scopes) {
                    let place = self.files[file].place(slip.span.clone());
                    let error = Diagnostic::error(slip.message).at(place).help(slip.help);
                    self.errors.entry((file, slip.span.start)).or_insert(error);
                }
            }
            if !matches!(segment.kind, Kind::Value | Kind::Tag) {
                continue;
            }
            let tokens = scan::tokens(text, segment.inner.clone());
            let keyword = if segment.kind == Kind::Tag { scan::keyword(text, segment) } else { "" };
            let inside = scopes[bottom..].iter().any(|s| s.sealed);
            if components_only && !inside && keyword != "component" {
                continue;
            }
            if !self.take_step(file, segment) {
                break;
            }
            self.segment(file, segment.kind == Kind::Tag, keyword, &tokens, scopes, bottom);
        }
        scopes.truncate(bottom);
        self.depth -= 1;
    }

    /// Counts a tag; false, with an error, where the walk would not come to an end.
    fn take_step(&mut self, file: usize, segment: &Segment) -> bool {
        let Some(left) = self.steps_left else { return false };
        self.steps_left = left.checked_sub(1 + segment.inner.len() / limits::TAG_BYTES);
        if self.steps_left.is_none() {
            let error = Diagnostic::error(limits::endless())
                .at(self.files[file].place(segment.span.clone()))
                .help("a document needs far less: look for files that include others many times");
            self.errors.insert((file, segment.span.start), error);
        }
        self.steps_left.is_some()
    }

    fn segment(
        &mut self,
        file: usize,
        tag: bool,
        keyword: &str,
        tokens: &[Token<'v>],
        scopes: &mut Vec<Scope<'v>>,
        bottom: usize,
    ) {
        match keyword {
            "for" => {
                let place = tokens.iter().position(|t| t.ident() == Some("in"));
                let place = place.unwrap_or(tokens.len() - 1);
                let list = self.expression(file, &tokens[place + 1..], scopes);
                let mut scope = Scope { looped: true, ..Scope::default() };
                let names: Vec<&str> = tokens
                    .get(1..place)
                    .unwrap_or_default()
                    .iter()
                    .filter_map(Token::ident)
                    .collect();
                for (i, name) in names.iter().enumerate() {
                    let key = i == 0 && names.len() > 1;
                    let shape = if key { Shape::Unknown } else { elements(&list) };
                    scope.names.insert((*name).to_owned(), shape);
                }
                scopes.push(scope);
            }
            "endfor" | "endcomponent" => {
                if scopes.len() > bottom.max(1) {
                    scopes.pop();
                }
            }
            "set" | "set_global" => {
                let shape = match tokens.get(2) {
                    Some(t) if t.is("=") => self.expression(file, &tokens[3..], scopes),
                    _ => Shape::Unknown,
                };
                let name = tokens.get(1).and_then(Token::ident);
                // `set` inside a loop ends with the loop; `set_global` does not.
                let global = scopes.iter().rposition(|s| s.sealed).unwrap_or(0);
                let scope =
                    if keyword == "set" { scopes.last_mut() } else { scopes.get_mut(global) };
                if let (Some(name), Some(scope)) = (name, scope) {
                    scope.names.insert(name.to_owned(), shape);
                }
            }
            "component" => scopes.push(parameters(tokens)),
            "include" | "extends" => {
                if let Some(Tok::Str(name)) = tokens.get(1).map(|t| t.tok)
                    && let Some(inner) = self.files.iter().position(|f| f.name == name)
                {
                    // What a parent sets is seen in its child's blocks; what an included file
                    // sets stays in it.
                    if keyword == "extends" {
                        self.file(inner, scopes, false);
                    } else {
                        scopes.push(Scope::default());
                        self.file(inner, scopes, false);
                        scopes.pop();
                    }
                }
            }
            "block" | "endblock" | "filter" => {}
            "if" | "elif" => {
                self.expression(file, &tokens[1..], scopes);
            }
            _ if tag && !keyword.is_empty() => {}
            _ => {
                self.expression(file, tokens, scopes);
            }
        }
    }

    /// Looks up every name of an expression; its shape, where it is a single path.
    fn expression(
        &mut self,
        file: usize,
        tokens: &[Token<'v>],
        scopes: &mut Vec<Scope<'v>>,
    ) -> Shape<'v> {
        scopes.push(comprehension(tokens, scopes.last().is_some_and(|s| s.looped)));
        let mut shape = Shape::Unknown;
        let mut at = 0;
        while at < tokens.len() {
            let (next, found) = self.token(file, tokens, at, scopes);
            let whole = at == 0 && (next == tokens.len() || keeps_shape(&tokens[next..]));
            if let (true, Some(found)) = (whole, found) {
                shape = found;
            }
            at = next;
        }
        scopes.pop();
        shape
    }

    /// Looks up the path that begins at a token, if one does; where to go on.
    fn token(
        &mut self,
        file: usize,
        tokens: &[Token<'v>],
        at: usize,
        scopes: &mut Vec<Scope<'v>>,
    ) -> (usize, Option<Shape<'v>>) {
        let Some(name) = tokens[at].ident() else { return (at + 1, None) };
        let previous = at.checked_sub(1).map(|i| &tokens[i]);
        let named = |op: &str| previous.is_some_and(|t| t.is(op));
        let component = (named("<") || named("</"))
            && (at < 2 || matches!(tokens[at - 2].tok, Tok::Op(op) if !matches!(op, ")" | "]")));
        let behind_is = previous.and_then(Token::ident) == Some("is");
        let argument = tokens.get(at + 1).is_some_and(|t| t.is("="));
        let call = tokens.get(at + 1).is_some_and(|t| t.is("("));
        if WORDS.contains(&name)
            || named("|")
            || named(".")
            || behind_is
            || argument
            || call
            || component
        {
            return (at + 1, None);
        }
        let negated_test = previous.and_then(Token::ident) == Some("not")
            && at >= 2
            && tokens[at - 2].ident() == Some("is");
        if negated_test {
            return (at + 1, None);
        }
        self.path(file, tokens, at, scopes)
    }

    fn path(
        &mut self,
        file: usize,
        tokens: &[Token<'v>],
        start: usize,
        scopes: &mut Vec<Scope<'v>>,
    ) -> (usize, Option<Shape<'v>>) {
        let mut problem: Option<(Range<usize>, String, String)> = None;
        let name = tokens[start].ident().unwrap_or_default();
        let mut path = name.to_owned();
        let mut shape = self.root(name, scopes).unwrap_or_else(|(message, help)| {
            problem = Some((tokens[start].span.clone(), message, help));
            Shape::Unknown
        });
        let mut at = start + 1;
        while at < tokens.len() {
            let key = match tokens[at].tok {
                Tok::Op("." | "?.") => {
                    tokens.get(at + 1).and_then(Token::ident).map(|n| (n, at + 1, at + 2))
                }
                Tok::Op("[" | "?[") => {
                    let end = closing(tokens, at);
                    let inner = tokens.get(at + 1..end).unwrap_or_default();
                    if let [Token { tok: Tok::Str(key), .. }] = inner {
                        Some((*key, at + 1, end + 1))
                    } else {
                        match inner {
                            [token] if self.is_unknown_letter(token, scopes) => {
                                let (letter, span) =
                                    (token.ident().unwrap_or_default(), &token.span);
                                let message = format!("`{letter}` is not defined");
                                let help = format!("an index is a number from 0: `{path}[0]`");
                                problem.get_or_insert((span.clone(), message, help));
                            }
                            _ => {
                                self.expression(file, inner, scopes);
                            }
                        }
                        shape =
                            if inner.iter().any(|t| t.is(":")) { shape } else { elements(&shape) };
                        path.push_str("[…]");
                        at = end + 1;
                        continue;
                    }
                }
                _ => break,
            };
            let Some((key, place, next)) = key else { break };
            if matches!(tokens[at].tok, Tok::Op("?." | "?[")) {
                shape = Shape::Unknown;
            }
            match field(&shape, key, &path) {
                Ok(inner) => shape = inner,
                Err((message, help)) => {
                    problem.get_or_insert((tokens[place].span.clone(), message, help));
                    shape = Shape::Unknown;
                }
            }
            path = format!("{path}.{key}");
            at = next;
        }
        if let Some((_, _, help)) = &mut problem
            && at == start + 1
            && words::is_compared(tokens, start)
        {
            *help = format!("a word stands in quotes: `\"{name}\"`; otherwise {help}");
        }
        if let Some((span, message, help)) = problem
            && !asks_whether_defined(&tokens[at.min(tokens.len())..])
        {
            let place = self.files[file].place(span.clone());
            let error = Diagnostic::error(message).at(place).help(help);
            self.errors.entry((file, span.start)).or_insert(error);
        }
        self.compare(file, &shape, &path, words::compared(tokens, start, at));
        self.compare_kinds(file, &shape, tokens, start..at, scopes);
        (at, Some(shape))
    }

    /// Looks whether a value can be each of the texts that it is compared with.
    fn compare(&mut self, file: usize, shape: &Shape<'v>, path: &str, texts: Vec<&Token<'v>>) {
        let Shape::OneOf(values) = shape else { return };
        let words = self.words.of(values);
        for token in texts {
            if let Tok::Str(text) = token.tok
                && !words.is_empty()
                && !words.contains(&text)
            {
                let (message, help) = words::never(path, text, &words);
                let place = self.files[file].place(token.span.clone());
                let error = Diagnostic::error(message).at(place).help(help);
                self.errors.entry((file, token.span.start)).or_insert(error);
            }
        }
    }

    /// Looks whether what a value is compared with is of its kind.
    fn compare_kinds(
        &mut self,
        file: usize,
        shape: &Shape<'v>,
        tokens: &[Token<'v>],
        at: Range<usize>,
        scopes: &[Scope<'v>],
    ) {
        let Shape::OneOf(values) = shape else { return };
        let span = tokens[at.start].span.start..tokens[at.end - 1].span.end;
        let typed = &self.files[file].text[span.clone()];
        let group = typed.rsplit_once('.').map(|(group, _)| group);
        let number = || {
            let named = [Some(typed), group]
                .into_iter()
                .flatten()
                .find_map(|of| Some((of, self.values(&format!("{of}.number"), scopes)?)));
            match named {
                Some((of, values)) if values.iter().all(|value| value.is_none()) => {
                    format!("`{of}` is a matrix, whose entries have no number to compare")
                }
                Some((of, _)) => format!("compare the number, `{of}.number`"),
                None => "`solve` lists the names, and which of them are numbers".to_owned(),
            }
        };
        if let Some((message, help)) = senseless(values, tokens, at.start, at.end, typed, number) {
            let place = self.files[file].place(span.clone());
            let error = Diagnostic::error(message).at(place).help(help);
            self.errors.entry((file, span.start)).or_insert(error);
        }
    }

    /// Whether a path such as `b.layers[0].z` is known to have a value.
    fn leads_somewhere(&self, path: &str, scopes: &[Scope<'v>]) -> bool {
        self.values(path, scopes).is_some()
    }

    /// What such a path may be, if that is known.
    fn values(&self, path: &str, scopes: &[Scope<'v>]) -> Option<Vec<&'v Value>> {
        let mut shape = None;
        for part in path.split('.') {
            let (name, indices) = part.split_at(part.find('[').unwrap_or(part.len()));
            let found = match &shape {
                None => self.root(name, scopes),
                Some(shape) => field(shape, name, path),
            };
            let mut found = found.ok()?;
            for _ in indices.matches('[') {
                found = elements(&found);
            }
            shape = Some(found);
        }
        match shape {
            Some(Shape::OneOf(values)) => Some(values),
            _ => None,
        }
    }

    /// Whether this is a letter that stands for an index in prose, as `k` in `layers[k]`.
    fn is_unknown_letter(&self, token: &Token<'_>, scopes: &[Scope<'v>]) -> bool {
        token.ident().is_some_and(|name| name.len() == 1 && self.root(name, scopes).is_err())
    }

    /// What a name alone means, or what is wrong with it.
    fn root(&self, name: &str, scopes: &[Scope<'v>]) -> Result<Shape<'v>, (String, String)> {
        let mut known: Vec<&str> = Vec::new();
        for scope in scopes.iter().rev() {
            if let Some(shape) = scope.names.get(name) {
                return Ok(shape.clone());
            }
            if scope.looped && name == "loop" {
                return Ok(Shape::Unknown);
            }
            known.extend(scope.names.keys().map(String::as_str));
            if scope.sealed {
                let help = near::did_you_mean(name, known.iter().copied()).unwrap_or_else(|| {
                    format!(
                        "a component sees its arguments only ({}): pass it as one more",
                        known.join(", ")
                    )
                });
                return Err((format!("`{name}` is no argument of this component"), help));
            }
        }
        for (key, value) in self.view.as_map().into_iter().flatten() {
            match key.as_str() {
                Some(key) if key == name => return Ok(Shape::OneOf(vec![value])),
                key => known.extend(key),
            }
        }
        let near = near::did_you_mean(name, known.iter().copied());
        let mut help = near.map(|n| n + " ").unwrap_or_default();
        help += &format!("what exists here: {}", known.join(", "));
        // A name without its group is a common slip: `loss` for `problem1.loss`.
        let groups = self.view.as_map().into_iter().flatten();
        let inside: Vec<String> = groups
            .filter(|(_, v)| v.as_map().is_some_and(|m| m.keys().any(|k| k.as_str() == Some(name))))
            .map(|(k, _)| format!("`{k}.{name}`"))
            .collect();
        if !inside.is_empty() {
            help = format!("did you mean {}?", inside.join(" or "));
        } else if let Some(described) = described(name, self.schema) {
            help = format!("{described}; {help}");
        }
        Err((format!("`{name}` is not defined"), help))
    }
}
