//! The model for programs that read PMML 4.4 (KNIME, SPSS, SAS and others).
//!
//! In: a model that places by the nearest centre. Out: a ClusteringModel whose derived fields do what preparing does, number by number; a cluster's id is the number of its persona. A customer without a
//! value that every customer must have is invalid there. Logarithms differ in the last digit from program to program, as in [`super::sql`]. Written, never read: the model file is the truth. O(p k) characters.

use crate::base::part;
use crate::features::Transform;
use crate::features::fitted_column::{Coding, FittedColumn, LevelCoding, NumberCoding};

use super::placing::Model;
use super::sql::{SqlError, by_centres};

/// Before the names of derived fields, so that none is called like a column.
const OWN: &str = "personae:";

/// The document.
///
/// Fails as [`super::to_sql`] does: for models that do not place by centres, and where a date enters.
pub fn to_pmml(model: &Model) -> Result<String, SqlError> {
    let (encoder, centroids) = by_centres(model)?;
    let mut derived = String::new();
    let mut places = Vec::new();
    for column in &encoder.columns {
        let of_column = match &column.coding {
            Coding::Number(coding) | Coding::Date(coding) => vec![scaled(coding, &column.name)],
            Coding::Category(coding) => (0..coding.indicators.len()).map(|at| indicator(coding, at, &column.name)).collect(),
        };
        for formula in of_column {
            places.push(field(&mut derived, &format!("e{}", places.len()), &formula));
        }
    }
    if let Some(projection) = &encoder.projection {
        let component = |(weights, at): (&Vec<f64>, usize)| {
            let part = |((place, mean), weight): ((&String, &f64), &f64)| {
                apply("*", &[apply("-", &[reference(place), constant(*mean)]), constant(*weight)])
            };
            let parts: Vec<String> = places.iter().zip(&projection.means).zip(weights).map(part).collect();
            (format!("c{at}"), apply("sum", &parts))
        };
        let components: Vec<(String, String)> = projection.weights.iter().zip(0..).map(component).collect();
        places = components.into_iter().map(|(name, formula)| field(&mut derived, &name, &formula)).collect();
    }
    let only_required = encoder.required.iter().filter(|name| !encoder.columns.iter().any(|column| column.name == **name));
    let mut dictionary = String::new();
    let mut schema = String::new();
    let columns = encoder.columns.iter().map(|column| (&column.name, is_number(column)));
    for (name, is_number) in columns.chain(only_required.map(|name| (name, false))) {
        let kind = if is_number { "optype=\"continuous\" dataType=\"double\"" } else { "optype=\"categorical\" dataType=\"string\"" };
        dictionary.push_str(&format!("    <DataField name=\"{}\" {kind}/>\n", escaped(name)));
        let must = if encoder.required.contains(name) { " missingValueTreatment=\"returnInvalid\"" } else { "" };
        schema.push_str(&format!("      <MiningField name=\"{}\"{must}/>\n", escaped(name)));
    }
    let fields: String =
        places.iter().map(|place| format!("    <ClusteringField field=\"{}\" compareFunction=\"absDiff\"/>\n", escaped(place))).collect();
    let cluster = |at: usize| {
        let centre: Vec<String> = centroids.row(at).iter().map(|value| format!("{value:?}")).collect();
        let segment = &model.segments[at];
        format!(
            "    <Cluster id=\"{}\" name=\"{}\" size=\"{}\">\n      <Array n=\"{}\" type=\"real\">{}</Array>\n    </Cluster>\n",
            part::text(segment.number),
            escaped(&segment.name),
            segment.size,
            centre.len(),
            centre.join(" ")
        )
    };
    let clusters: String = (0..centroids.n_rows()).map(cluster).collect();
    Ok(format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<PMML xmlns=\"http://www.dmg.org/PMML-4_4\" version=\"4.4\">\n  <Header description=\"{}\">\n    <Application name=\"Personae\" version=\"{}\"/>\n  </Header>\n  \
         <DataDictionary>\n{dictionary}  </DataDictionary>\n  <ClusteringModel modelName=\"{}\" functionName=\"clustering\" modelClass=\"centerBased\" numberOfClusters=\"{}\">\n    <MiningSchema>\n{schema}    </MiningSchema>\n    \
         <Output>\n      <OutputField name=\"persona\" optype=\"categorical\" dataType=\"string\" feature=\"predictedValue\"/>\n      <OutputField name=\"persona_name\" optype=\"categorical\" dataType=\"string\" feature=\"predictedDisplayValue\"/>\n    </Output>\n    \
         <LocalTransformations>\n{derived}    </LocalTransformations>\n    <ComparisonMeasure kind=\"distance\">\n      <squaredEuclidean/>\n    </ComparisonMeasure>\n{fields}{clusters}  </ClusteringModel>\n</PMML>\n",
        escaped(&model.method),
        env!("CARGO_PKG_VERSION"),
        escaped(&model.origin.title),
        centroids.n_rows(),
    ))
}

fn is_number(column: &FittedColumn) -> bool {
    !matches!(column.coding, Coding::Category(_))
}

/// Adds a derived field; its name.
fn field(to: &mut String, name: &str, formula: &str) -> String {
    let name = format!("{OWN}{name}");
    to.push_str(&format!("      <DerivedField name=\"{name}\" optype=\"continuous\" dataType=\"double\">{formula}</DerivedField>\n"));
    name
}

fn scaled(coding: &NumberCoding, column: &str) -> String {
    let value = || apply("if", &[apply("isMissing", &[reference(column)]), constant(coding.stand_in), reference(column)]);
    let below = |limit: f64| apply("lessThan", &[value(), constant(limit)]);
    let transformed = match (coding.transform, coding.bounds) {
        (Transform::Log1p, _) => {
            let least = coding.least.unwrap_or_default();
            apply("ln", &[apply("+", &[constant(1.0), apply("if", &[below(least), constant(least), value()])])])
        }
        (Transform::Asinh, _) => {
            let root = || apply("sqrt", &[apply("+", &[apply("*", &[value(), value()]), constant(1.0)])]);
            let of_negative = apply("-", &[constant(0.0), apply("ln", &[apply("-", &[root(), value()])])]);
            apply("if", &[below(0.0), of_negative, apply("ln", &[apply("+", &[root(), value()])])])
        }
        (Transform::Winsorized, Some((low, high))) => {
            let above = apply("greaterThan", &[value(), constant(high)]);
            apply("if", &[below(low), constant(low), apply("if", &[above, constant(high), value()])])
        }
        (Transform::None | Transform::Winsorized, _) => value(),
    };
    apply("/", &[apply("-", &[transformed, constant(coding.centre)]), constant(coding.spread)])
}

fn indicator(coding: &LevelCoding, place: usize, column: &str) -> String {
    let root = coding.indicators[place].share.sqrt();
    let value = |is_on: bool| constant(if is_on { 1.0 / root - root } else { -root });
    let listed = |is_on: bool, otherwise: String| {
        let levels = coding.levels.iter().filter(|level| (level.indicator == Some(place)) == is_on);
        let is_level: Vec<String> = levels.map(|level| apply("equal", &[reference(column), text(&level.text)])).collect();
        match &is_level[..] {
            [] => otherwise,
            [one] => apply("if", &[one.clone(), value(is_on), otherwise]),
            several => apply("if", &[apply("or", several), value(is_on), otherwise]),
        }
    };
    let (missing, unseen) = (value(coding.missing == Some(place)), value(coding.unseen == Some(place)));
    let known = listed(true, listed(false, unseen));
    let is_empty = apply("if", &[apply("equal", &[reference(column), text("")]), missing.clone(), known]);
    apply("if", &[apply("isMissing", &[reference(column)]), missing, is_empty])
}

fn apply(function: &str, of: &[String]) -> String {
    format!("<Apply function=\"{}\">{}</Apply>", escaped(function), of.concat())
}

fn reference(name: &str) -> String {
    format!("<FieldRef field=\"{}\"/>", escaped(name))
}

/// With as many digits as it takes to be the same number.
fn constant(value: f64) -> String {
    format!("<Constant dataType=\"double\">{value:?}</Constant>")
}

fn text(text: &str) -> String {
    format!("<Constant dataType=\"string\">{}</Constant>", escaped(text))
}

/// Text as XML; what no XML may hold is left out.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\n' => safe.push_str("&#10;"),
            '\t' => safe.push_str("&#9;"),
            letter if letter.is_control() || matches!(letter, '\u{fffe}' | '\u{ffff}') => {}
            letter => safe.push(letter),
        }
    }
    safe
}
