//! The sentences that say what is noticed: which ones other numbers choose, and how they read.

use crate::sections::sections;

/// Changes of the homework, the section, and what it must say.
struct Case(&'static [&'static str], &'static str, &'static [&'static str]);

const SAME_W: [&str; 2] = ["problem2.classification.w=[0, 2]", "problem2.regression.w=[0, 2]"];

const CASES: &[Case] = &[
    Case(
        &[],
        "1b",
        &[
            "The step lowers the loss, from $3.3$ to $2.2376$.",
            "Here $\\eta = 0.1$ is above that, so repeating the step diverges from almost every start.",
            "that of $\\lambda_1$ goes from about $1.6555$ to about $0.17071$, that of $\\lambda_2$ from about \
             $1.6445$ to about $2.0669$. The first step lowers the loss all the same, as",
            "its eigenvalues are $7 \\pm \\sqrt{13}$, and those of $H$ are",
            "= \\frac{1}{7 + \\sqrt{13}} \\approx 0.094290 .",
            "by $1 - \\eta\\lambda_{1} \\approx 0.32111$ and by $1 - \\eta\\lambda_{2} \\approx -1.1211$.",
            "such steps take the loss from $3.3$ to $2.2376$, then to about $2.6155$, then to about $3.2670$, \
             then to about $4.1042$.",
        ],
    ),
    Case(
        &["problem1.X=[[1, 0], [0, 1]]", "problem1.step_size=1"],
        "1b",
        &[
            "The step leaves the loss exactly where it was.",
            "\\eta < \\frac{2}{\\lambda_{\\max}(H)} = 1 . \\end{equation*} Here $\\eta = 1$ is exactly that limit",
        ],
    ),
    Case(
        &["problem1.X=[[1, 0], [0, 1]]", "problem1.step_size=3"],
        "1b",
        &["The step raises the loss, from $5.34$ to $133.5$: the step size is too large"],
    ),
    Case(
        &["problem1.step_size=1e-12"],
        "1b",
        &["to about $3.3000$: by about $9.2240\\times 10^{-11}$."],
    ),
    Case(
        &["problem1.Y=[[1.5, 1.1], [1.2, 0]]"],
        "1b",
        &["The gradient is exactly zero: $W$ already minimises the loss"],
    ),
    Case(
        &["problem1.W=[[1]]", "problem1.X=[[2]]", "problem1.Y=[[1]]"],
        "1b",
        &["The one column of $X$ is the sample", "Its only eigenvalue is $\\lambda_1 = 8$."],
    ),
    // L = 1 + 4 + 9 + 16.
    Case(
        &[
            "problem1.W=[[1, 1, 1, 1]]",
            "problem1.X=[[1, 0, 0, 0], [0, 2, 0, 0], [0, 0, 3, 0], [0, 0, 0, 4]]",
            "problem1.Y=[[0, 0, 0, 0]]",
        ],
        "1b",
        &[
            "$\\lambda_{3} = 18$ and $\\lambda_{4} = 32$. With $W^*$ for a minimiser, a step multiplies",
            "of each eigenvalue $\\lambda_k$ by $1 - \\eta\\lambda_k$.",
            "above the edges the shapes of the matrices",
            "{\\makebox(0,0)[b]{$30$}}",
        ],
    ),
    Case(
        &[
            "problem1.X=[[0, 2, 1], [3, 1, 1]]",
            "problem1.Y=[[0.5, 1, 0], [1, -1.5, 2]]",
            "problem1.step_size=0.01",
        ],
        "1b",
        &["where no $W$ goes below $L_{\\min} \\approx 5.4891$, and a step multiplies"],
    ),
    Case(
        &[],
        "2b",
        &[
            "The gradient vanishes towards the input",
            "of about $144.63$: by about $4.6176$ from $w_{3}$ to $w_{2}$ and by about $31.322$ from $w_{2}$ to \
             $w_{1}$.",
            // a₂/x = 0.4851737680/0.63.
            "by about $11.6550$, the slopes by about $16.1136$ and the inputs by about $0.770117$.",
            "crosses two slopes, not three.",
        ],
    ),
    Case(
        &["problem2.classification.w=[700, -700, 700]"],
        "2b",
        &[
            "it grows by a factor of about $700.00$ from $w_{3}$ to $w_{2}$ and it shrinks by a factor of about",
            // e⁻⁴⁴¹ = 10^−191.52.
            "The sigmoids of layers 1 and 2 are saturated: $\\sigma'(z_{1}) \\approx 2.993184\\times 10^{-192}$ and",
        ],
    ),
    Case(
        &["problem2.classification.w=[700, -700, 700]", "problem2.regression.w=[700, -700, 700]"],
        "2c",
        &["As in 2(b), the sigmoids of layers 1 and 2 are saturated."],
    ),
    Case(
        &[],
        "appendix",
        &[
            "Every gradient of 1(b), 2(b) and 2(c) was computed again in three ways",
            // HOMEWORK: |∂L/∂w₂| ≈ 1.4e-9 at w₂ ≈ 29.14 and t = 2, for 18 steps of 0.1.
            "From then on $w_1$ and $w_{2}$ stand still: up to the end each moves by less than $10^{-9}$ of its size.",
            "In both questions each of the given network's gradients is within the middle nine tenths.",
        ],
    ),
    // σ′(−900) is about 1e-391, σ′(−5000) about 1e-2171.
    Case(
        &["problem2.classification.w=[-900, 1, 1]", "problem2.classification.x=1"],
        "appendix",
        &[
            "was computed again in one to three ways",
            "The first and the third work in double precision, which leaves some out",
        ],
    ),
    Case(
        &["problem2.classification.w=[-5000, 1, 1]", "problem2.classification.x=1"],
        "appendix",
        &[
            "for 2 of 2(b) and 2(c) that are out of reach of each of them.",
            "The second leaves out some that are too small for it",
        ],
    ),
    Case(
        &["problem2.classification.w=[2]", "problem2.classification.x=0"],
        "2b",
        &["Every gradient is exactly zero: no weight moves, whatever the step size."],
    ),
    Case(
        &["problem2.classification.w=[0, 2]"],
        "2b",
        &["In magnitude the last layer's gradient is about", "crosses one slope, not two."],
    ),
    Case(
        &["problem2.classification.x=0"],
        "2b",
        &["exactly zero in layer 1: $x = 0$ is a factor of it, and this weight does not"],
    ),
    Case(
        &["problem2.classification.w=[100, 2, 3]"],
        "2b",
        // e⁻⁶³ = 10^−27.36.
        &["The sigmoid of layer 1 is saturated: $\\sigma'(z_{1}) \\approx 4.359"],
    ),
    Case(
        &["problem2.classification.w=[0.000001, 0.5]", "problem2.classification.x=1e6"],
        "2b",
        &["The gradient grows towards the input", "In absolute size the gradient is large"],
    ),
    Case(
        &[],
        "2c",
        &[
            "The gradients explode: the largest magnitude, $|\\partial L/\\partial w_{3}| \\approx 123.84$",
            "Not every gradient is large by itself: $|\\partial L/\\partial w_{1}| \\approx 0.85623$ is below $1$; only",
            "moves $w_{3}$ by about $12.384$, about $16$ times its own size.",
            "with the ratios of (b): from the last layer to the first the magnitudes are in the ratio of about \
             $144.63 : 31.322 : 1$.",
            "\\approx 3.05810 \\cdot 205.323 \\approx 627.90 .",
            "The large values come from the residual, the attenuation from the way back",
        ],
    ),
    Case(
        &["problem2.classification.y=0"],
        "2c",
        &["\\cdot (-337.235) \\approx -430.07 .", "multiplied by the same factor, about $430.07$"],
    ),
    Case(
        &["problem2.regression.x=0.64"],
        "2c",
        &[
            "Between 2(b) and 2(c) the input differs, so no one factor need lead",
            "times the first layer's; it shrinks by a factor of about $4.6",
        ],
    ),
    Case(
        &["problem2.regression.w=[1, 2, 3]"],
        "2c",
        &["Between 2(b) and 2(c) the weights differ, so"],
    ),
    Case(
        &["problem2.regression.w=[1, 2]", "problem2.regression.x=1"],
        "2c",
        &["Between 2(b) and 2(c) the depth and input differ, so"],
    ),
    Case(
        &[SAME_W[0], SAME_W[1], "problem2.regression.y=1"],
        "2c",
        &[
            "The output meets the target exactly, so $\\delta_{2} = 0$. Every gradient is exactly zero",
        ],
    ),
    Case(
        &["problem2.regression.w=[2]", "problem2.regression.y=0.5"],
        "2c",
        &["The gradient is of ordinary size: its magnitude is $0.9576$.", "It contains the factor"],
    ),
    Case(
        &["problem2.regression.w=[0.5]", "problem2.regression.x=1000", "problem2.regression.y=499"],
        "2c",
        // |δ| = 2: the size comes from the input.
        &["The gradient explodes: its magnitude, $|\\partial L/\\partial w_{1}| = 2000$"],
    ),
    Case(
        &["problem2.regression.w=[0.0001, 0.0001]", "problem2.regression.y=0.00006"],
        "2c",
        &[
            "The gradients are tiny: the largest magnitude, that of $w_{2}$, is about",
            "The gradient vanishes towards the input: in",
        ],
    ),
];

/// With one space between words.
fn text(sets: &[&str], name: &str) -> String {
    let sections = sections(sets);
    let section = sections.iter().find(|section| section.name == name).unwrap();
    section.text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn sentences_follow_the_numbers() {
    for Case(sets, section, sentences) in CASES {
        let text = text(sets, section);
        for sentence in *sentences {
            assert!(text.contains(sentence), "{sets:?}: {sentence} is not said in\n{text}");
        }
    }
}

#[test]
fn notation_is_explained_where_it_occurs() {
    let rows =
        [("\\lambda_k,\\ v_k$ & the largest", "1b", "v_k"), ("$W^*$ & a minimiser", "1b", "W^*")];
    let of_networks = ("$y_b$ and $y_c$ are the targets", "2c", "y_b");
    let none = ["problem1.Y=[[1.5, 1.1], [1.2, 0]]", "problem2.regression.x=0.64"];
    for (row, section, symbol) in rows.into_iter().chain([of_networks]) {
        for sets in [&[][..], &none] {
            let expected = sets.is_empty();
            assert_eq!(text(sets, "front").contains(row), expected, "{row} for {sets:?}");
            assert_eq!(text(sets, section).contains(symbol), expected, "{symbol} for {sets:?}");
        }
    }
}

#[test]
fn large_gradients_are_laid_to_the_residual_only_where_it_is_large() {
    let sets = [
        "problem2.regression.w=[0.5, 2]",
        "problem2.regression.x=0.001",
        "problem2.regression.y=-20",
    ];
    assert!(text(&sets, "2c").contains("The large values come from the residual"));
    // ŷ = 500 σ(0) = 250 and δ = 2: g₂ = 1, and g₁ = 2 · 500/4 · x.
    let sets =
        ["problem2.regression.w=[0, 500]", "problem2.regression.x=1", "problem2.regression.y=249"];
    let text = text(&sets, "2c");
    assert!(text.contains("The gradients explode"), "{text}");
    assert!(!text.contains("come from the residual"), "{text}");
    // δ = 500, and with x = 10⁻⁶ g₁ = 500 · 500/4 · x = 0.0625; no factor is common with (b).
    let sets =
        ["problem2.regression.w=[0, 500]", "problem2.regression.x=1e-6", "problem2.regression.y=0"];
    let text = self::text(&sets, "2c");
    assert!(text.contains("the largest explodes: its magnitude"), "{text}");
    assert!(text.contains("The smallest, $|\\partial L/\\partial w_{1}| = 0.0625$"), "{text}");
}

/// ∂L/∂w_k has the factors w_{k+1}, …, w_K, and that of w₁ has x.
#[test]
fn the_factors_that_are_zero_are_named() {
    let said = |sets: &[&str]| text(sets, "2b").split_whitespace().collect::<Vec<_>>().join(" ");
    let weight = ["problem2.classification.w=[0.5, 0.5, 0, 2]"];
    let weights = ["problem2.classification.w=[0.5, 0, 0, 2]", "problem2.classification.x=0"];
    for (sets, sentence) in [
        (
            &weight[..],
            "zero in layers 1 and 2: the weight of layer 3 is zero, a factor of every gradient before, and these",
        ),
        (
            &weights,
            "the weights of layers 2 and 3 are zero, factors of every gradient before, and $x = 0$ is one of that of $w_1$, and these",
        ),
    ] {
        assert!(said(sets).contains(sentence), "{}", said(sets));
    }
}

/// Where conditions meet, spaces and full stops get lost or doubled.
#[test]
fn sentences_join_well() {
    for Case(sets, section, _) in CASES {
        let text = text(sets, section);
        let prose = without_pictures(text.rsplit("\\step{").next().unwrap());
        for wrong in [" .", " ,", "..", ",,", ". ,", ".,", "$$", "  ", "is is", "<<", "<%"] {
            assert!(
                !prose.contains(wrong) || formula_has(&prose, wrong),
                "{sets:?}: {wrong:?} in\n{prose}"
            );
        }
        let letters: Vec<char> = prose.chars().collect();
        for three in letters.windows(3) {
            let joined = matches!(three, [before, '.' | ':' | ';', after]
                if (before.is_lowercase() || *before == '$') && after.is_alphabetic());
            assert!(!joined, "{sets:?}: {three:?} in\n{prose}");
        }
    }
}

/// The text without the figures that stand in it, their captions and the tables.
fn without_pictures(text: &str) -> String {
    let mut parts = text.split("\\pictured");
    let first = parts.next().unwrap_or_default().to_owned();
    let prose = parts.fold(first, |prose, part| {
        // The picture and the caption are two groups.
        let mut depth = 0_i32;
        let ends = part.char_indices().filter(|&(_, c)| {
            depth += i32::from(c == '{') - i32::from(c == '}');
            c == '}' && depth == 0
        });
        let end = ends.map(|(at, _)| at + 1).nth(1).unwrap_or(part.len());
        prose + part[end..].trim_start()
    });
    let mut around = prose.split("\\begin{center}");
    let first = around.next().unwrap_or_default().to_owned();
    around.fold(first, |prose, part| {
        prose + part.split_once("\\end{center}").map_or("", |(_, after)| after.trim_start())
    })
}

/// A displayed formula ends with ` .` or ` ,`, as its sentence does.
fn formula_has(prose: &str, wrong: &str) -> bool {
    let mut outside = String::new();
    for (index, part) in prose.split("\\begin{").enumerate() {
        let after =
            if index == 0 { part } else { part.split_once("\\end{").map_or("", |(_, rest)| rest) };
        outside += after;
    }
    !outside.contains(wrong)
}
