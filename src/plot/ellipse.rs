//! Where does each segment lie on the map, as a mixture of Gaussians sees it? An ellipse per segment.
//!
//! In: the mixture by segment, the preparation, the two axes. Out: closed lines of points on the map's axes. Only principal components are axes of the
//! space that the mixture was fitted in; a column of the data is not, so on columns there is none. O(k p^2).

use crate::evaluate::Belonging;
use crate::features::Prepared;

use super::views::MapAxis;

/// Points of one line.
const POINTS: usize = 72;
/// Standard deviations around the centre: of two dimensions 86 % of the customers of a Gaussian group lie within 2.
const DEVIATIONS: f64 = 2.0;

/// A closed line per segment, by cluster; empty where an axis is no component.
pub fn outlines(belonging: &Belonging, prepared: &Prepared, axes: &(MapAxis, MapAxis)) -> Vec<Vec<[f64; 2]>> {
    let (Some(x), Some(y)) = (direction(prepared, &axes.0), direction(prepared, &axes.1)) else { return Vec::new() };
    let outline = |cluster: usize| {
        let ellipse = belonging.ellipse(cluster, &x, &y);
        let (sin, cos) = ellipse.angle.sin_cos();
        let point = |nth: usize| {
            let (b, a) = (std::f64::consts::TAU * (nth % POINTS) as f64 / POINTS as f64).sin_cos();
            let [a, b] = [DEVIATIONS * ellipse.half_axes[0] * a, DEVIATIONS * ellipse.half_axes[1] * b];
            [ellipse.centre[0] + a * cos - b * sin, ellipse.centre[1] + a * sin + b * cos]
        };
        (0..=POINTS).map(point).collect()
    };
    (0..belonging.component_of.len()).map(outline).collect()
}

/// The direction of a component in the space of the matrix.
fn direction(prepared: &Prepared, axis: &MapAxis) -> Option<Vec<f64>> {
    let MapAxis::Component(component) = axis else { return None };
    let p = prepared.matrix.n_cols();
    if !prepared.sees_components() {
        return prepared.pca.loadings.get(*component).filter(|loadings| loadings.len() == p).cloned();
    }
    (*component < p).then(|| (0..p).map(|at| f64::from(u8::from(at == *component))).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::{Ctx, Labels, Matrix};
    use crate::evaluate::belonging;
    use crate::features::Pca;
    use crate::plot::MapAxis;

    #[test]
    fn the_ellipse_of_a_group_holds_most_of_it_whatever_the_matrix_holds() {
        // Two groups on the first column; the components are the columns turned by a quarter.
        let wave = |row: usize, step: usize| ((row * step % 97) as f64 / 96.0 - 0.5) * 4.0;
        let rows: Vec<[f64; 2]> = (0..400).map(|row| [if row % 2 == 0 { 0.0 } else { 20.0 } + wave(row, 37), wave(row, 53)]).collect();
        let x = Matrix::from_rows(&rows).unwrap();
        let labels = Labels::from_ids(&(0..400).map(|row| row % 2).collect::<Vec<_>>());
        let belonging = belonging(&x, &labels, 1, &Ctx::new()).unwrap();
        let loadings = vec![vec![1.0, 0.0], vec![0.0, 1.0]];
        let prepared = |dimension_names: Vec<String>| Prepared {
            matrix: x.clone(),
            dimension_names,
            table_rows: (0..400).collect(),
            n_table_rows: 400,
            columns: Vec::new(),
            pca: Pca {
                encoded_names: vec!["a".into(), "b".into()],
                eigenvalues: vec![100.0, 1.0],
                explained: vec![0.99, 0.01],
                loadings: loadings.clone(),
                scores: Vec::new(),
                choice: String::new(),
            },
            notes: Vec::new(),
        };
        let axes = (MapAxis::Component(0), MapAxis::Component(1));
        let of_columns = outlines(&belonging, &prepared(vec!["a".into(), "b".into()]), &axes);
        assert_eq!(of_columns, outlines(&belonging, &prepared(vec!["PC1".into(), "PC2".into()]), &axes));
        let mean = [10.0, 0.0];
        for (cluster, line) in of_columns.iter().enumerate() {
            assert_eq!(line.first(), line.last());
            let reach =
                |at: usize| line.iter().map(|point| point[at]).fold([f64::MAX, f64::MIN], |[low, high], v| [low.min(v), high.max(v)]);
            let (x, y) = (reach(0), reach(1));
            let inside = (0..400).filter(|row| row % 2 == cluster).filter(|&row| {
                let at = [rows[row][0] - mean[0], rows[row][1] - mean[1]];
                at[0] > x[0] && at[0] < x[1] && at[1] > y[0] && at[1] < y[1]
            });
            assert!(inside.count() > 180, "{x:?} {y:?}");
        }
        let on_column = (MapAxis::Column("a".into()), MapAxis::Component(1));
        assert!(outlines(&belonging, &prepared(vec!["a".into(), "b".into()]), &on_column).is_empty());
    }
}
