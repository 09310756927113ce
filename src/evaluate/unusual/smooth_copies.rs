//! Smooth copies in rounds: how many more, and the old ones by a forest that has grown.
//!
//! In: the customers with their scores, how copies are scored, and the copies of the round before. Out: the copies of this round, the same as if they had been made at
//! once. Cost: a copy's scores for each new one, the forest's for each old one.

use super::{
    ColumnSpan, CopyMaker, CopyScores, CopyScoring, LocalScores, Peers, SizeCorrection, UnusualError, rescore_isolation, score_copy,
    usual_copy_rows,
};
use crate::base::{Ctx, Matrix};

/// The copies of a round.
#[derive(Debug, Clone)]
pub struct SmoothCopies {
    /// Their scores.
    pub scores: Vec<CopyScores>,
    /// What they are put right by, where they have fewer rows than there are customers.
    correction: Option<SizeCorrection>,
}

impl SmoothCopies {
    /// Bytes held, for the memory budget.
    pub fn bytes(&self) -> usize {
        self.scores.iter().map(CopyScores::bytes).sum::<usize>() + self.correction.as_ref().map_or(0, SizeCorrection::bytes)
    }
}

/// Whom copies are of.
#[derive(Debug, Clone, Copy)]
pub struct CopiesOf<'a> {
    /// The customers.
    pub x: &'a Matrix,
    /// The group of each.
    pub peers: &'a Peers,
    /// Which columns of the matrix belong together.
    pub spans: &'a [ColumnSpan],
    /// Their local outlier factors, where they are made.
    pub local: Option<&'a LocalScores>,
    /// Their GLOSH; empty where it is not made.
    pub density: &'a [f64],
}

/// The first `n_copies` copies of `seed`.
///
/// Fails with `OtherShape` where the parts are of other customers, and when stopped.
pub fn smooth_copies(
    of: &CopiesOf,
    scoring: &CopyScoring,
    (seed, n_copies): (u64, usize),
    before: Option<&SmoothCopies>,
    ctx: &Ctx,
) -> Result<SmoothCopies, UnusualError> {
    let x = of.x;
    let maker = CopyMaker::of(x, of.peers, of.spans, ctx)?;
    let rows = usual_copy_rows(x.n_rows());
    let mut copies = match before {
        Some(before) => before.clone(),
        None if rows < x.n_rows() => {
            ctx.give_way()?;
            let local = of.local.map_or_else(Vec::new, LocalScores::most);
            let correction = SizeCorrection::of(x, rows, scoring, &local, of.density, seed, ctx)?;
            SmoothCopies { scores: Vec::new(), correction: Some(correction) }
        }
        None => SmoothCopies { scores: Vec::new(), correction: None },
    };
    if let Some(forest) = scoring.forest {
        for copy in &mut copies.scores {
            ctx.give_way()?;
            rescore_isolation(&maker, copy, forest, seed, ctx)?;
        }
    }
    for nth in copies.scores.len()..n_copies {
        ctx.give_way()?;
        ctx.progress("How many would be by chance", nth as f32 / n_copies as f32);
        let mut copy = score_copy(&maker, rows, scoring, seed, nth, ctx)?;
        copies.correction.iter().for_each(|correction| correction.apply(&mut copy));
        copies.scores.push(copy);
    }
    Ok(copies)
}
