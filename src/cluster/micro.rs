//! Average, complete and weighted trees of more rows than all pairs can be measured of.
//!
//! In: rows. Out: n - 1 merges as pairs of rows with heights; those inside a micro-cluster have height 0. Ward's cost, then that of
//! [`MICRO_CLUSTERS`] rows.
//!
//! The rows are first gathered into many tight micro-clusters, and the tree joins these (the idea of BIRCH: Zhang, Ramakrishnan, Livny 1996,
//! "BIRCH: an efficient data clustering method for very large databases"). They are Ward's groups rather than k-means': as tight,
//! without a seed, and thousands of centroids would take k-means longer than Ward takes for its whole tree. What is known of a micro-cluster
//! is its size, its centroid and the mean squared distance to it. From these follows exactly the mean squared distance of all pairs
//! between two of them (BIRCH's D2), whose root stands in for the mean distance of average and weighted linkage; for complete linkage the distance of
//! the centroids and both radii stand in for that of the farthest pair.

use super::matrix_linkage::{all_distances, merge_all};
use super::tree::Dendrogram;
use super::ward::ward_pairs;
use super::{ClusterError, Linkage};
use crate::base::text::count;
use crate::base::{Ctx, Labels, Matrix, memory};

/// So many micro-clusters, a matrix of 64 MB and less than a second. Fixed, so that the tree does not depend on the memory there is.
pub const MICRO_CLUSTERS: usize = 4_000;

/// All merges: a row of the one cluster, a row of the other, and the height. Tells what was done in a note.
pub(super) fn micro_pairs(x: &Matrix, linkage: Linkage, needs: u64, ctx: &Ctx) -> Result<Vec<(u32, u32, f64)>, ClusterError> {
    let n_rows = x.n_rows();
    let n_inside = n_rows.saturating_sub(MICRO_CLUSTERS);
    let mut pairs = ward_pairs(x, ctx)?;
    pairs.sort_by(|a, b| a.2.total_cmp(&b.2));
    let ward = Dendrogram::from_pairs(n_rows, Linkage::Ward, pairs.clone());
    let micro = Micro::of(x, &ward.cut_clusters(MICRO_CLUSTERS), ctx)?;

    let distance = |a: usize, b: usize, squared: f64| match linkage {
        Linkage::Complete => squared.sqrt() + micro.spreads[a].sqrt() + micro.spreads[b].sqrt(),
        _ => (squared + micro.spreads[a] + micro.spreads[b]).sqrt(),
    };
    let distances = all_distances(&micro.centroids, distance, ctx)?;
    let upper = merge_all(distances, micro.sizes, linkage, ctx)?;

    // What Ward merged inside the micro-clusters comes first, in its order, and tells nothing about heights under another linkage.
    pairs.truncate(n_inside);
    pairs.iter_mut().for_each(|pair| pair.2 = 0.0);
    pairs.extend(upper.into_iter().map(|(a, b, height)| (micro.first_rows[a as usize], micro.first_rows[b as usize], height)));
    ctx.note(format!(
        "{} rows are too many for exact {} linkage (all their distances would take {}); Ward gathered them into {} small groups, which the \
         tree joins by approximate distances, so heights inside the small groups are 0.",
        count(n_rows),
        linkage.name().to_lowercase(),
        memory::readable(needs),
        count(MICRO_CLUSTERS)
    ));
    Ok(pairs)
}

/// What is known of the micro-clusters.
struct Micro {
    centroids: Matrix,
    sizes: Vec<f64>,
    /// Mean squared distance of the rows to their centroid.
    spreads: Vec<f64>,
    first_rows: Vec<u32>,
}

impl Micro {
    fn of(x: &Matrix, labels: &Labels, ctx: &Ctx) -> Result<Micro, ClusterError> {
        let (n_clusters, n_cols) = (labels.n_clusters(), x.n_cols());
        let sizes: Vec<f64> = labels.sizes().iter().map(|&size| size as f64).collect();
        let members = labels.members();
        let mut centroids = Vec::with_capacity(n_clusters * n_cols);
        let mut spreads = Vec::with_capacity(n_clusters);
        for rows in &members {
            ctx.check()?;
            let mut centroid = vec![0.0; n_cols];
            for &row in rows {
                centroid.iter_mut().zip(x.row(row)).for_each(|(sum, value)| *sum += value);
            }
            centroid.iter_mut().for_each(|sum| *sum /= rows.len() as f64);
            let squared = |row: &usize| super::lanes::squared_distance(x.row(*row), &centroid);
            spreads.push(rows.iter().map(squared).sum::<f64>() / rows.len() as f64);
            centroids.extend(centroid);
        }
        let centroids = Matrix::new(centroids, n_clusters, n_cols).expect("means of finite rows are finite");
        let first_rows = members.iter().map(|rows| rows[0] as u32).collect();
        Ok(Micro { centroids, sizes, spreads, first_rows })
    }
}
