//! What templates/README.md tells people to write, written as it says.

use std::fs;

use lopdf::{Document, Object};

use crate::project::{Project, read, repository};

/// The README's LaTeX, in its order.
fn examples() -> Vec<String> {
    let readme = read(&repository("templates/README.md"));
    let blocks = readme.split("```latex\n").skip(1);
    blocks.map(|block| block.split("```").next().unwrap().to_owned()).collect()
}

/// A project in which some of the README's examples were followed.
struct Edited {
    project: Project,
}

impl Edited {
    fn new() -> Self {
        Self { project: Project::with_templates() }
    }

    /// At the end of 2(a).
    fn body(self, text: &str) -> Self {
        let name = "templates/problem2a.tex";
        let before = read(&self.project.path(name));
        self.project.write(name, &format!("{before}\n{text}"));
        self
    }

    fn preamble(self, text: &str) -> Self {
        let begin = "\\begin{document}";
        self.project.replace("templates/report.tex", begin, &format!("{text}{begin}"));
        self
    }

    /// Builds without a new warning; gives the LaTeX and the number of pictures in the PDF.
    fn build(&self) -> (String, usize) {
        let run = self.project.run(&["build-pdf", "--set", "submission.name='Ada'"], 0);
        assert_eq!(run.stderr, "");
        let [_, pdf, tex] = self.project.outputs();
        let pdf = Document::load_mem(&pdf).unwrap();
        let is_picture = |object: &&Object| {
            let dict = object.as_stream().map(|stream| &stream.dict);
            dict.is_ok_and(|d| {
                d.get(b"Subtype").and_then(Object::as_name).is_ok_and(|n| n == b"Image")
            })
        };
        let pictures = pdf.objects.values().filter(is_picture).count();
        (String::from_utf8(tex).unwrap(), pictures)
    }
}

#[test]
fn each_addition_of_the_readme_works() {
    let examples = examples();
    let [paragraph, figure, command, package, drawing, include] = &examples[..] else {
        panic!("templates/README.md shows other examples: {examples:#?}")
    };
    let (tex, pictures) = Edited::new().body(paragraph).build();
    assert!(tex.contains(paragraph));
    assert_eq!(pictures, 0, "the document has no pixels of its own");

    let with_figure = Edited::new().body(figure);
    let png = with_figure.project.path("templates/mine.png");
    fs::copy(repository("docs/page.png"), png).unwrap();
    assert_eq!(with_figure.build().1, 1, "the figure is in the PDF");

    let (tex, _) = Edited::new().preamble(command).body("$\\Loss$\n").build();
    assert!(tex.contains(command) && tex.contains("$\\Loss$"));

    let columns = "\\begin{multicols}{2}one two\\end{multicols}\n";
    let (tex, _) = Edited::new().preamble(package).body(columns).build();
    assert!(tex.contains(package));

    let (tex, _) = Edited::new().preamble("\\usepackage{tikz}\n").body(drawing).build();
    assert!(tex.contains(drawing));

    let with_file = Edited::new().body(include);
    with_file.project.write("templates/mine.tex", "Of depth << b.depth | words >>.\n");
    assert!(with_file.build().0.contains("Of depth three."));
}

#[test]
fn solve_shows_the_names_that_templates_use() {
    let project = Project::with_templates();
    let text = project.run(&["solve"], 0).stdout;
    let words: Vec<&str> = text.split_whitespace().collect();
    let names: Vec<&str> = (words.iter().copied())
        .filter(|word| {
            let roots = ["doc.", "p1.", "b.", "c.", "blowup.", "figures.", "appendix."];
            roots.iter().any(|root| word.starts_with(root))
        })
        .collect();
    assert!(names.len() >= 7 + 2 * 6 + 3 + 2 * 7, "{names:?}");
    // Each is a name in templates: asking for it is no error.
    let asked: String = (names.iter())
        .map(|name| format!("<% if {} %><% endif %>", name.replace("[k]", "[0]")))
        .collect();
    let name = "templates/problem2a.tex";
    let before = read(&project.path(name));
    project.write(name, &format!("{before}{asked}\n"));
    project.run(&["build-pdf"], 0);
    for line in ["p1.noticed.repeated = unstable", "c.noticed.scale = exploding", "doc.digits = 5"]
    {
        let shown = words.join(" ");
        assert!(shown.contains(line), "{line:?} is not in\n{text}");
    }
}
