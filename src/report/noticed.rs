//! What the sentences of the document hang on, as a list: names that templates use, and values.

use serde::Serialize;
use serde_json::Value;

use super::View;

impl View {
    /// Every choice between sentences that the numbers make, by the name that templates ask for.
    pub fn noticed(&self) -> Vec<(String, String)> {
        let step = &self.p1.noticed;
        let mut found = vec![
            ("p1.noticed.loss_change".to_owned(), word(step.loss_change)),
            ("p1.noticed.gradient_zero".to_owned(), step.gradient_zero.to_string()),
            ("p1.noticed.repeated".to_owned(), word(step.repeated)),
        ];
        for (name, chain) in [("b", &self.b), ("c", &self.c)] {
            let claims = &chain.noticed;
            let largest = claims.largest_layer.map_or_else(|| "none".to_owned(), |k| k.to_string());
            let values = [
                ("trend", word(claims.trend)),
                ("scale", word(claims.scale)),
                ("monotonic", claims.monotonic.to_string()),
                ("largest_layer", largest),
                ("zero_layers", layers(&claims.zero_layers)),
                ("saturated", layers(&claims.saturated)),
                ("all_steep", claims.all_steep.to_string()),
            ];
            found.extend(values.map(|(field, value)| (format!("{name}.noticed.{field}"), value)));
        }
        let defined = if self.blowup.is_some() { "defined" } else { "undefined" };
        found.push(("blowup".to_owned(), defined.to_owned()));
        found
    }
}

/// The word that templates compare an enumeration with.
fn word(value: impl Serialize) -> String {
    let json = serde_json::to_value(value).ok();
    json.as_ref().and_then(Value::as_str).unwrap_or_default().to_owned()
}

fn layers(numbers: &[usize]) -> String {
    if numbers.is_empty() {
        return "none".to_owned();
    }
    numbers.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
}
