//! The LaTeX commands for characters that people paste into formulas.

/// What to write in mathematics for a character that TeX's fonts have no glyph for at its place.
pub(super) fn command(character: char) -> Option<String> {
    if let Some((_, command)) = SYMBOLS.iter().find(|(symbol, _)| *symbol == character) {
        return Some((*command).to_owned());
    }
    for (first, letters) in [('α', SMALL), ('Α', LARGE)] {
        let place = u32::from(character).checked_sub(u32::from(first));
        let name = place.and_then(|place| letters.split_whitespace().nth(place as usize));
        if let Some(name) = name {
            // The others are those of the Latin alphabet.
            return Some(if name.len() == 1 { name.to_owned() } else { format!("\\{name}") });
        }
    }
    ["₀₁₂₃₄₅₆₇₈₉", "⁰¹²³⁴⁵⁶⁷⁸⁹"].iter().zip(['_', '^']).find_map(|(digits, mark)| {
        let digit = digits.chars().position(|digit| digit == character)?;
        Some(format!("{mark}{{{digit}}}"))
    })
}

/// Greek letters in the order of Unicode.
const SMALL: &str = "alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi o pi \
                     rho varsigma sigma tau upsilon varphi chi psi omega";
const LARGE: &str = "A B Gamma Delta E Z H Theta I K Lambda M N Xi O Pi P unused Sigma T Upsilon \
                     Phi X Psi Omega";

const SYMBOLS: &[(char, &str)] = &[
    ('≤', "\\le"),
    ('≥', "\\ge"),
    ('≠', "\\ne"),
    ('≈', "\\approx"),
    ('≡', "\\equiv"),
    ('≪', "\\ll"),
    ('≫', "\\gg"),
    ('∝', "\\propto"),
    ('∼', "\\sim"),
    ('∂', "\\partial"),
    ('∇', "\\nabla"),
    ('∑', "\\sum"),
    ('∏', "\\prod"),
    ('∫', "\\int"),
    ('√', "\\sqrt{…}"),
    ('∞', "\\infty"),
    ('×', "\\times"),
    ('÷', "\\div"),
    ('·', "\\cdot"),
    ('⋅', "\\cdot"),
    ('∘', "\\circ"),
    ('⊙', "\\odot"),
    ('⊗', "\\otimes"),
    ('⊕', "\\oplus"),
    ('±', "\\pm"),
    ('∓', "\\mp"),
    ('−', "-"),
    ('→', "\\to"),
    ('←', "\\leftarrow"),
    ('↦', "\\mapsto"),
    ('⇒', "\\Rightarrow"),
    ('⇐', "\\Leftarrow"),
    ('⇔', "\\iff"),
    ('∈', "\\in"),
    ('∉', "\\notin"),
    ('⊂', "\\subset"),
    ('⊆', "\\subseteq"),
    ('∪', "\\cup"),
    ('∩', "\\cap"),
    ('∅', "\\emptyset"),
    ('∀', "\\forall"),
    ('∃', "\\exists"),
    ('¬', "\\neg"),
    ('∧', "\\land"),
    ('∨', "\\lor"),
    ('…', "\\dots"),
    ('⋯', "\\cdots"),
    ('‖', "\\Vert"),
    ('∥', "\\parallel"),
    ('⟨', "\\langle"),
    ('⟩', "\\rangle"),
    ('⊤', "\\top"),
    ('ᵀ', "^{\\top}"),
    ('′', "'"),
    ('ϵ', "\\epsilon"),
    ('ϕ', "\\phi"),
    ('ϑ', "\\vartheta"),
    ('ℓ', "\\ell"),
    ('ℝ', "\\mathbb{R}"),
    ('ℕ', "\\mathbb{N}"),
    ('ℒ', "\\mathcal{L}"),
    ('½', "\\tfrac12"),
    ('¼', "\\tfrac14"),
    ('°', "^{\\circ}"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pasted_characters_have_their_commands() {
        for (character, expected) in [
            ('≤', "\\le"),
            ('∂', "\\partial"),
            ('α', "\\alpha"),
            ('ς', "\\varsigma"),
            ('σ', "\\sigma"),
            ('ω', "\\omega"),
            ('Δ', "\\Delta"),
            ('Σ', "\\Sigma"),
            ('Ω', "\\Omega"),
            ('Α', "A"),
            ('ο', "o"),
            ('₂', "_{2}"),
            ('²', "^{2}"),
        ] {
            assert_eq!(command(character).as_deref(), Some(expected), "{character}");
        }
        assert_eq!(command('中'), None);
    }
}
