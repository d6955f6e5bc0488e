//! What is known of a value from its name alone.

use tera::Value;

use super::near;

/// The values that a name may have.
#[derive(Clone, Debug)]
pub(super) enum Shape<'v> {
    Unknown,
    /// One of these: a loop's variable has every element of the list.
    OneOf(Vec<&'v Value>),
}

/// What the elements of a list, or the values of a map, may be.
pub(super) fn elements<'v>(shape: &Shape<'v>) -> Shape<'v> {
    let Shape::OneOf(values) = shape else { return Shape::Unknown };
    let mut out: Vec<&'v Value> = Vec::new();
    for value in values {
        out.extend(value.as_array().into_iter().flatten());
        out.extend(value.as_map().into_iter().flat_map(|m| m.values()));
    }
    if out.is_empty() { Shape::Unknown } else { Shape::OneOf(out) }
}

/// A field of what a path may be, or what is wrong with asking for it.
pub(super) fn field<'v>(
    shape: &Shape<'v>,
    key: &str,
    path: &str,
) -> Result<Shape<'v>, (String, String)> {
    let Shape::OneOf(values) = shape else { return Ok(Shape::Unknown) };
    let mut found: Vec<&'v Value> = Vec::new();
    let mut fields: Vec<&str> = Vec::new();
    let mut plain = None;
    for value in values {
        match value.as_map() {
            Some(map) => {
                for (k, v) in map {
                    if k.as_str() == Some(key) {
                        found.push(v);
                    }
                    fields.extend(k.as_str().filter(|k| !fields.contains(k)));
                }
            }
            None if value.is_none() => return Ok(Shape::Unknown),
            None => plain = Some(*value),
        }
    }
    if !found.is_empty() {
        return Ok(Shape::OneOf(found));
    }
    if fields.is_empty() {
        let Some(plain) = plain else { return Ok(Shape::Unknown) };
        let what = if plain.is_array() { "a list" } else { "a single value" };
        let help = if plain.is_array() {
            format!("take one element, `{path}[0]`, or loop over it with `<% for x in {path} %>`")
        } else {
            format!("write `{path}` alone")
        };
        return Err((format!("`{path}` is {what} and has no `{key}`"), help));
    }
    let near = near::did_you_mean(key, fields.iter().copied()).map(|n| n + " ").unwrap_or_default();
    Err((format!("`{path}` has no `{key}`"), format!("{near}`{path}` has: {}", fields.join(", "))))
}
