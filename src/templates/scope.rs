//! Names that templates give themselves: in loops, with `set`, and as arguments of components.

use std::collections::BTreeMap;

use super::scan::Token;
use super::shape::Shape;

/// Names that templates have given themselves.
#[derive(Debug, Default)]
pub(super) struct Scope<'v> {
    pub names: BTreeMap<String, Shape<'v>>,
    /// A component's: nothing outside of it is seen.
    pub sealed: bool,
    /// A loop's: `loop` is known.
    pub looped: bool,
}

/// The parameters of a component, from its definition.
pub(super) fn parameters<'v>(tokens: &[Token<'_>]) -> Scope<'v> {
    let mut scope = Scope { sealed: true, ..Scope::default() };
    scope.names.insert("body".to_owned(), Shape::Unknown);
    let open = tokens.iter().position(|t| t.is("(")).unwrap_or(tokens.len());
    for pair in tokens[open.min(tokens.len())..].windows(2) {
        let begins = ["(", ",", "@", "..."].iter().any(|op| pair[0].is(op));
        if let (true, Some(name)) = (begins, pair[1].ident()) {
            scope.names.insert(name.to_owned(), Shape::Unknown);
        }
    }
    scope
}

/// The variables of list comprehensions in an expression, which it uses before it names them.
pub(super) fn comprehension<'v>(tokens: &[Token<'_>], looped: bool) -> Scope<'v> {
    let mut scope = Scope { looped, ..Scope::default() };
    let mut naming = false;
    for token in tokens {
        match token.ident() {
            Some("for") => naming = true,
            Some("in") => naming = false,
            Some(name) if naming => {
                scope.names.insert(name.to_owned(), Shape::Unknown);
            }
            _ => {}
        }
    }
    scope
}
