//! The history of segments that are followed: which were in force, since when, why they were taken, and what is needed to go back to them.

use serde::{Deserialize, Serialize};

use crate::base::Matrix;
use crate::base::matrix::MatrixError;

use super::anew::{RetrainCause, Retrained};

/// Versions that are kept; the oldest go, but for the one that following began with.
const MOST: usize = 50;

/// One version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LiveVersion {
    /// Its number, from 1.
    pub number: usize,
    /// Why it was looked for.
    pub cause: RetrainCause,
    /// The newest moment of all events when it was taken; none for the first, or where rows have no day.
    pub at: Option<i64>,
    /// Customers who changed segment when it was taken.
    pub moved: usize,
    /// Its silhouette when it was taken.
    pub silhouette: Option<f64>,
    /// What its segments are called, by cluster.
    pub names: Vec<String>,
    /// Its centres when it was last in force, k x p.
    centres: Vec<f64>,
}

/// All of them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Versions {
    all: Vec<LiveVersion>,
    in_force: usize,
}

impl Versions {
    /// What following began with.
    pub(super) fn begin(names: Vec<String>) -> Versions {
        let first = LiveVersion { number: 1, cause: RetrainCause::Given, at: None, moved: 0, silhouette: None, names, centres: Vec::new() };
        Versions { all: vec![first], in_force: 0 }
    }

    pub(super) fn all(&self) -> &[LiveVersion] {
        &self.all
    }

    /// The place of the version that is followed.
    pub(super) fn in_force(&self) -> usize {
        self.in_force
    }

    /// The place of the version of a number.
    pub(super) fn place_of(&self, number: usize) -> Option<usize> {
        self.all.iter().position(|version| version.number == number)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Which version is in force, in a sentence; nothing while there is only the first.
    pub(super) fn told(&self) -> Option<String> {
        let version = self.all.get(self.in_force).filter(|_| self.all.len() > 1)?;
        let n = self.all.len() - 1;
        let often = if n == 1 { "once".to_owned() } else { format!("{n} times") };
        Some(format!("Segments found anew were taken {often}; version {} is in force.", version.number))
    }

    /// Remembers where the centres of the version in force are.
    fn leave(&mut self, centres: &Matrix) {
        if let Some(version) = self.all.get_mut(self.in_force) {
            version.centres = centres.values().to_vec();
        }
    }

    /// Another version is in force from now on; `centres` are those of the one that was.
    pub(super) fn adopt(&mut self, told: &Retrained, names: Vec<String>, centres: &Matrix) {
        self.leave(centres);
        let number = self.all.last().map_or(1, |last| last.number + 1);
        let Retrained { cause, at, moved, silhouettes, .. } = *told;
        self.all.push(LiveVersion { number, cause, at, moved, silhouette: silhouettes[1], names, centres: Vec::new() });
        if self.all.len() > MOST {
            self.all.remove(1);
        }
        self.in_force = self.all.len() - 1;
    }

    /// Goes back to a version: its centres and names. Nothing where there is none of that place, or it is in force.
    pub(super) fn back(&mut self, to: usize, centres: &Matrix) -> Result<Option<(Matrix, Vec<String>)>, MatrixError> {
        if to == self.in_force || to >= self.all.len() {
            return Ok(None);
        }
        self.leave(centres);
        self.in_force = to;
        let version = &self.all[to];
        Ok(Some((Matrix::new(version.centres.clone(), centres.n_rows(), centres.n_cols())?, version.names.clone())))
    }
}

#[cfg(test)]
mod tests {
    use super::super::anew::RetrainVerdict;
    use super::*;
    use crate::evaluate::Trust;

    #[test]
    fn whoever_goes_back_finds_centres_and_names_as_they_were_left() {
        let told = Retrained {
            cause: RetrainCause::Asked,
            at: Some(5),
            silhouettes: [Some(0.3), Some(0.4)],
            trusts: [Trust::Good; 2],
            inertia: [2.0, 1.0],
            moved: 7,
            of: 10,
            loses_name: vec![1],
            verdict: RetrainVerdict::NotWorse,
        };
        let matrix = |values: [f64; 2]| Matrix::from_rows(&[[values[0]], [values[1]]]).unwrap();
        let mut versions = Versions::begin(vec!["Calm".into(), "Busy".into()]);
        versions.adopt(&told, vec!["Calm".into(), String::new()], &matrix([1.0, 2.0]));
        assert_eq!((versions.in_force(), versions.all().len(), versions.all()[1].number), (1, 2, 2));
        let (centres, names) = versions.back(0, &matrix([3.0, 4.0])).unwrap().unwrap();
        assert_eq!((centres, names.join(" ")), (matrix([1.0, 2.0]), "Calm Busy".to_owned()));
        assert!(versions.back(0, &matrix([9.0, 9.0])).unwrap().is_none() && versions.back(7, &matrix([9.0, 9.0])).unwrap().is_none());
        let (centres, names) = versions.back(1, &matrix([1.5, 2.0])).unwrap().unwrap();
        assert_eq!((centres, names.join(" ")), (matrix([3.0, 4.0]), "Calm ".to_owned()));
        assert_eq!((versions.place_of(2), versions.place_of(9)), (Some(1), None));
        for _ in 0..60 {
            versions.adopt(&told, Vec::new(), &matrix([0.0, 0.0]));
        }
        assert_eq!((versions.all().len(), versions.all()[0].number, versions.in_force()), (MOST, 1, MOST - 1));
        let text = serde_json::to_string(&versions).unwrap();
        assert_eq!(serde_json::from_str::<Versions>(&text).unwrap(), versions);
    }
}
