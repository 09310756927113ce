//! The model for programs that run ONNX (onnxruntime in any language, BigQuery ML and others).
//!
//! In: a model that places by the nearest centre. Out: a graph of operators of opset 18 that does what preparing does, number by number, in doubles. Each column is an input of as many rows as there
//! are customers and one column: numbers as doubles with NaN where a value is missing, everything else as texts with an empty one. `persona`, `persona_name` and `persona_distance` come out; a customer
//! without a value that every customer must have gets persona 0, no name and NaN. Logarithms differ in the last digit from program to program, as in [`super::sql`]. Written, never read: the model
//! file is the truth. O(p k) numbers.

use prost::Message;

use crate::features::Transform;
use crate::features::fitted_column::{Coding, LevelCoding, NumberCoding};

use super::onnx_messages::{
    AttributeProto, DOUBLE, DimensionProto, GraphProto, INT64, ModelProto, NodeProto, OperatorSetIdProto, STRING, TensorProto,
    TensorShapeProto, TensorTypeProto, TypeProto, ValueInfoProto,
};
use super::placing::Model;
use super::sql::{SqlError, by_centres};

/// Versions of the file and of the sets of operators: those of ONNX 1.13 (2022), which every runtime of today reads.
const IR: i64 = 8;
const OPSET: i64 = 18;
const OPSET_ML: i64 = 3;
/// The set of operators with a dictionary of texts.
const ML: &str = "ai.onnx.ml";
/// Before the names of what is computed, so that none is called like a column.
const OWN: &str = "personae:";

/// The file.
///
/// Fails as [`super::to_sql`] does: for models that do not place by centres, and where a date enters.
pub fn to_onnx(model: &Model) -> Result<Vec<u8>, SqlError> {
    let (encoder, centroids) = by_centres(model)?;
    let mut graph = Graph::default();
    let mut parts = Vec::new();
    let mut is_missing = Vec::new();
    for column in &encoder.columns {
        let is_required = encoder.required.contains(&column.name);
        match &column.coding {
            Coding::Number(coding) | Coding::Date(coding) => {
                graph.input(&column.name, DOUBLE);
                let missing = graph.one("IsNaN", &[&column.name]);
                parts.push(graph.scaled(coding, &column.name, &missing));
                is_missing.extend(is_required.then_some(missing));
            }
            Coding::Category(coding) => {
                graph.input(&column.name, STRING);
                parts.push(graph.levels(coding, &column.name));
                is_missing.extend(is_required.then(|| graph.is_empty(&column.name)));
            }
        }
    }
    for name in encoder.required.iter().filter(|name| !encoder.columns.iter().any(|column| column.name == **name)) {
        graph.input(name, STRING);
        is_missing.push(graph.is_empty(name));
    }
    let mut rows = graph.node("Concat", &parts, vec![AttributeProto::int("axis", 1)]);
    if let Some(projection) = &encoder.projection {
        let width = projection.means.len() as i64;
        let means = graph.doubles(vec![1, width], projection.means.clone());
        let transposed = (0..projection.means.len()).flat_map(|at| projection.weights.iter().map(move |weights| weights[at])).collect();
        let weights = graph.doubles(vec![width, projection.weights.len() as i64], transposed);
        let around = graph.one("Sub", &[&rows, &means]);
        rows = graph.one("MatMul", &[&around, &weights]);
    }
    let (k, p) = (centroids.n_rows() as i64, centroids.n_cols() as i64);
    let centres = graph.doubles(vec![1, k, p], centroids.values().to_vec());
    let (second, third) = (graph.wholes(vec![1], vec![1]), graph.wholes(vec![1], vec![2]));
    let apart = graph.one("Unsqueeze", &[&rows, &second]);
    let apart = graph.one("Sub", &[&apart, &centres]);
    let apart = graph.one("Mul", &[&apart, &apart]);
    let distances = graph.node("ReduceSum", &[apart, third], vec![AttributeProto::int("keepdims", 0)]);
    let nearest =
        graph.node("ArgMin", std::slice::from_ref(&distances), vec![AttributeProto::int("axis", 1), AttributeProto::int("keepdims", 0)]);
    let least = graph.node("ReduceMin", &[distances, second], vec![AttributeProto::int("keepdims", 0)]);
    let least = graph.one("Sqrt", &[&least]);
    let numbers = graph.wholes(vec![k], model.segments.iter().map(|segment| segment.number as i64 + 1).collect());
    let names = graph.texts(vec![k], model.segments.iter().map(|segment| segment.name.as_str()));
    let mut found = [graph.one("Gather", &[&numbers, &nearest]), graph.one("Gather", &[&names, &nearest]), least];
    let left_out = is_missing.into_iter().reduce(|one, other| graph.one("Or", &[&one, &other]));
    if let Some(left_out) = left_out {
        let flat = graph.wholes(vec![1], vec![-1]);
        let left_out = graph.one("Reshape", &[&left_out, &flat]);
        let nothing = [graph.wholes(vec![1], vec![0]), graph.texts(vec![1], [""]), graph.doubles(vec![1], vec![f64::NAN])];
        found = std::array::from_fn(|at| graph.one("Where", &[&left_out, &nothing[at], &found[at]]));
    }
    for (name, (kind, from)) in
        ["persona", "persona_name", "persona_distance"].into_iter().zip([INT64, STRING, DOUBLE].into_iter().zip(&found))
    {
        graph.output(name, kind, from);
    }
    let file = ModelProto {
        ir_version: IR,
        producer_name: "Personae".into(),
        producer_version: env!("CARGO_PKG_VERSION").into(),
        doc_string: format!("{} of {}", model.method, model.origin.title),
        graph: Some(GraphProto { name: "personas".into(), ..graph.made }),
        opset_import: vec![
            OperatorSetIdProto { domain: String::new(), version: OPSET },
            OperatorSetIdProto { domain: ML.into(), version: OPSET_ML },
        ],
    };
    Ok(file.encode_to_vec())
}

/// A graph that is being put together.
#[derive(Default)]
struct Graph {
    made: GraphProto,
    /// Names given so far.
    n: usize,
}

impl Graph {
    fn name(&mut self) -> String {
        self.n += 1;
        format!("{OWN}{}", self.n)
    }

    fn input(&mut self, name: &str, kind: i32) {
        self.made.input.push(value(name, kind, &[None, Some(1)]));
    }

    fn output(&mut self, name: &str, kind: i32, from: &str) {
        // A column of the data may be called like what comes out; names of a graph are one space.
        let is_taken = self.made.input.iter().any(|input| input.name == name);
        let name = if is_taken { format!("{OWN}{name}") } else { name.to_owned() };
        let node = NodeProto { input: vec![from.into()], output: vec![name.clone()], op_type: "Identity".into(), ..NodeProto::default() };
        self.made.node.push(node);
        self.made.output.push(value(&name, kind, &[None]));
    }

    /// Adds an operator; what it gives.
    fn node(&mut self, operator: &str, of: &[String], attribute: Vec<AttributeProto>) -> String {
        let name = self.name();
        let domain = if operator == "LabelEncoder" { ML.into() } else { String::new() };
        self.made.node.push(NodeProto { input: of.to_vec(), output: vec![name.clone()], op_type: operator.into(), attribute, domain });
        name
    }

    fn one(&mut self, operator: &str, of: &[&str]) -> String {
        let of: Vec<String> = of.iter().map(|name| (*name).to_owned()).collect();
        self.node(operator, &of, Vec::new())
    }

    fn doubles(&mut self, dims: Vec<i64>, double_data: Vec<f64>) -> String {
        self.tensor(TensorProto { dims, data_type: DOUBLE, double_data, ..TensorProto::default() })
    }

    fn double(&mut self, number: f64) -> String {
        self.doubles(vec![1], vec![number])
    }

    fn wholes(&mut self, dims: Vec<i64>, int64_data: Vec<i64>) -> String {
        self.tensor(TensorProto { dims, data_type: INT64, int64_data, ..TensorProto::default() })
    }

    fn texts<'a>(&mut self, dims: Vec<i64>, texts: impl IntoIterator<Item = &'a str>) -> String {
        let string_data = texts.into_iter().map(|text| text.as_bytes().to_vec()).collect();
        self.tensor(TensorProto { dims, data_type: STRING, string_data, ..TensorProto::default() })
    }

    fn tensor(&mut self, tensor: TensorProto) -> String {
        let name = self.name();
        self.made.initializer.push(TensorProto { name: name.clone(), ..tensor });
        name
    }

    /// Whether a text is empty.
    fn is_empty(&mut self, column: &str) -> String {
        let told = vec![
            AttributeProto::strings("keys_strings", [""]),
            AttributeProto::ints("values_int64s", vec![1]),
            AttributeProto::int("default_int64", 0),
        ];
        let found = self.node("LabelEncoder", &[column.to_owned()], told);
        let one = self.wholes(vec![1], vec![1]);
        self.one("Equal", &[&found, &one])
    }

    fn scaled(&mut self, coding: &NumberCoding, column: &str, missing: &str) -> String {
        let stand_in = self.double(coding.stand_in);
        let value = self.one("Where", &[missing, &stand_in, column]);
        let transformed = match (coding.transform, coding.bounds) {
            (Transform::Log1p, _) => {
                let (least, one) = (self.double(coding.least.unwrap_or_default()), self.double(1.0));
                let value = self.one("Max", &[&value, &least]);
                let value = self.one("Add", &[&value, &one]);
                self.one("Log", &[&value])
            }
            (Transform::Asinh, _) => {
                let (one, zero) = (self.double(1.0), self.double(0.0));
                let size = self.one("Abs", &[&value]);
                let square = self.one("Mul", &[&size, &size]);
                let square = self.one("Add", &[&square, &one]);
                let root = self.one("Sqrt", &[&square]);
                let sum = self.one("Add", &[&size, &root]);
                let found = self.one("Log", &[&sum]);
                let negative = self.one("Neg", &[&found]);
                let is_negative = self.one("Less", &[&value, &zero]);
                self.one("Where", &[&is_negative, &negative, &found])
            }
            (Transform::Winsorized, Some((low, high))) => {
                let (low, high) = (self.double(low), self.double(high));
                let value = self.one("Max", &[&value, &low]);
                self.one("Min", &[&value, &high])
            }
            (Transform::None | Transform::Winsorized, _) => value,
        };
        let (centre, spread) = (self.double(coding.centre), self.double(coding.spread));
        let around = self.one("Sub", &[&transformed, &centre]);
        self.one("Div", &[&around, &spread])
    }

    /// A level is looked up in a dictionary, and its row in a table of what the encoded columns are then.
    fn levels(&mut self, coding: &LevelCoding, column: &str) -> String {
        let width = coding.indicators.len();
        let (unseen, missing) = (coding.levels.len(), coding.levels.len() + 1);
        let named = coding.levels.iter().enumerate().filter(|(_, level)| !level.text.is_empty());
        let (keys, values): (Vec<&str>, Vec<i64>) =
            named.map(|(at, level)| (level.text.as_str(), at as i64)).chain([("", missing as i64)]).unzip();
        let told = vec![
            AttributeProto::strings("keys_strings", keys),
            AttributeProto::ints("values_int64s", values),
            AttributeProto::int("default_int64", unseen as i64),
        ];
        let at = self.node("LabelEncoder", &[column.to_owned()], told);
        let on = coding.levels.iter().map(|level| level.indicator).chain([coding.unseen, coding.missing]);
        let of = |on: Option<usize>| {
            coding.indicators.iter().enumerate().map(move |(at, indicator)| {
                let root = indicator.share.sqrt();
                if on == Some(at) { 1.0 / root - root } else { -root }
            })
        };
        let table = self.doubles(vec![missing as i64 + 1, width as i64], on.flat_map(of).collect());
        let rows = self.one("Gather", &[&table, &at]);
        // A row per customer again: of customers, one and columns the one goes.
        let shape = self.wholes(vec![2], vec![0, width as i64]);
        self.one("Reshape", &[&rows, &shape])
    }
}

/// An input or output; a length without a number is that of the customers.
fn value(name: &str, kind: i32, lengths: &[Option<i64>]) -> ValueInfoProto {
    let dim = lengths.iter().map(|length| DimensionProto { dim_value: *length, dim_param: length.is_none().then(|| "customers".into()) });
    let shape = TensorShapeProto { dim: dim.collect() };
    let tensor_type = TensorTypeProto { elem_type: kind, shape: Some(shape) };
    ValueInfoProto { name: name.into(), r#type: Some(TypeProto { tensor_type: Some(tensor_type) }) }
}
