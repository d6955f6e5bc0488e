//! Names that were probably meant.

use strsim::osa_distance;

/// The known names closest to a mistyped one, best first, three at most.
pub(super) fn near<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let limit = (wrong.chars().count() / 3).max(1);
    let mut found: Vec<(usize, &str)> = known
        .into_iter()
        .filter_map(|name| {
            // Counts a swap of neighbours as one slip, as fingers do.
            let d = osa_distance(&wrong.to_lowercase(), &name.to_lowercase());
            let related = wrong.len() > 2 && name.len() > 2 && {
                let (wrong, name) = (wrong.to_lowercase(), name.to_lowercase());
                name.starts_with(&wrong) || wrong.starts_with(&name)
            };
            (d <= limit || related).then_some((d, name))
        })
        .collect();
    found.sort_unstable();
    found.dedup();
    found.into_iter().map(|(_, name)| name).take(3).collect()
}

/// "did you mean `a`, `b` or `c`?", if anything is near.
pub fn did_you_mean<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let names: Vec<String> = near(wrong, known).iter().map(|n| format!("`{n}`")).collect();
    let (last, rest) = names.split_last()?;
    Some(match rest {
        [] => format!("did you mean {last}?"),
        _ => format!("did you mean {} or {last}?", rest.join(", ")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_finger_is_recognised() {
        assert_eq!(near("lsos", ["loss", "P", "residual"]), ["loss"]);
        assert_eq!(near("W_update", ["W", "W_updated"]), ["W_updated"]);
        assert!(near("gradient", ["loss", "P"]).is_empty());
        assert_eq!(
            did_you_mean("y_hat2", ["y_hat", "z"]).as_deref(),
            Some("did you mean `y_hat`?")
        );
    }
}
