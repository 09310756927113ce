//! Which card does an edit belong to now? Names follow their customers, not cluster numbers.
//!
//! In: the edits with the customers each was written for, and the customers of each cluster. Out: the edit of each cluster, by the
//! matching with the largest total overlap (H. W. Kuhn 1955, "The Hungarian method for the assignment problem"). An edit goes only where most of its customers are and
//! most of the cluster is its customers; one whose customers are scattered rests in the plan and shows nowhere until they are together again. O(members + edits x clusters x min(..)).

use crate::evaluate::best_matching;

use super::edit::{PersonaEdit, RowSet};

/// Below this similarity a name may be out of date.
const SAME_JACCARD: f64 = 0.6;

/// The edit of every cluster. `members` are each cluster's rows of the table, ascending.
pub fn carry(edits: &[PersonaEdit], members: &[Vec<usize>]) -> Vec<Option<usize>> {
    carry_with(edits, members, best_matching)
}

/// The edits after `change` was made to the card of `cluster`. The changed edit now belongs to the cluster's customers; one that says
/// nothing any more is removed.
pub fn edit_for(edits: &[PersonaEdit], members: &[Vec<usize>], cluster: usize, change: impl FnOnce(&mut PersonaEdit)) -> Vec<PersonaEdit> {
    edit_of(edits, members, cluster, carry(edits, members)[cluster], change)
}

/// Whether so many customers came or left that a name given once may no longer fit.
pub fn has_changed(edit: &PersonaEdit, members: &[usize]) -> bool {
    jaccard(n_shared(&edit.members, members), edit.members.len(), members.len()) < SAME_JACCARD
}

/// [`carry`] by any matching, so that the rule is tested apart from the method that computes it.
fn carry_with(edits: &[PersonaEdit], members: &[Vec<usize>], matching: impl Fn(&[Vec<usize>]) -> Vec<Option<usize>>) -> Vec<Option<usize>> {
    let mut of_cluster = vec![None; members.len()];
    if edits.is_empty() || members.is_empty() {
        return of_cluster;
    }
    // Most of both sides must be the same, or a name for a few would stand on whatever group swallowed them.
    let shared = |edit: &PersonaEdit, rows: &Vec<usize>| {
        let shared = n_shared(&edit.members, rows);
        if 2 * shared > edit.members.len() && 2 * shared > rows.len() { shared } else { 0 }
    };
    let overlap: Vec<Vec<usize>> = edits.iter().map(|edit| members.iter().map(|rows| shared(edit, rows)).collect()).collect();
    for (edit, cluster) in matching(&overlap).into_iter().enumerate() {
        if let Some(cluster) = cluster.filter(|&cluster| overlap[edit][cluster] > 0) {
            of_cluster[cluster] = Some(edit);
        }
    }
    of_cluster
}

fn edit_of(
    edits: &[PersonaEdit],
    members: &[Vec<usize>],
    cluster: usize,
    of_cluster: Option<usize>,
    change: impl FnOnce(&mut PersonaEdit),
) -> Vec<PersonaEdit> {
    let mut edits = edits.to_vec();
    let here = RowSet::new(members[cluster].iter().copied());
    let at = of_cluster.unwrap_or_else(|| {
        edits.push(PersonaEdit { name: None, rests_on: Vec::new(), added: Default::default(), members: RowSet::default() });
        edits.len() - 1
    });
    edits[at].members = here;
    change(&mut edits[at]);
    edits[at].name = edits[at].name.take().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty());
    if edits[at].name.is_none() && edits[at].added.is_empty() {
        edits.remove(at);
    }
    edits
}

/// Rows in both; both ascending.
fn n_shared(set: &RowSet, rows: &[usize]) -> usize {
    let mut rows = rows.iter().peekable();
    set.rows()
        .filter(|row| {
            while rows.next_if(|other| **other < *row).is_some() {}
            rows.peek() == Some(&row)
        })
        .count()
}

fn jaccard(shared: usize, a: usize, b: usize) -> f64 {
    let union = a + b - shared;
    if union == 0 { 0.0 } else { shared as f64 / union as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edit(name: &str, rows: impl IntoIterator<Item = usize>) -> PersonaEdit {
        PersonaEdit { name: Some(name.into()), rests_on: Vec::new(), added: Default::default(), members: RowSet::new(rows) }
    }

    /// The largest total by trying all; slow and obvious.
    fn all_matchings(overlap: &[Vec<usize>]) -> Vec<Option<usize>> {
        fn best(overlap: &[Vec<usize>], edit: usize, free: &mut Vec<usize>) -> (usize, Vec<Option<usize>>) {
            if edit == overlap.len() {
                return (0, Vec::new());
            }
            let (total, mut rest) = best(overlap, edit + 1, free);
            rest.insert(0, None);
            let mut found = (total, rest);
            for i in 0..free.len() {
                let cluster = free.remove(i);
                let (total, mut rest) = best(overlap, edit + 1, free);
                free.insert(i, cluster);
                if total + overlap[edit][cluster] > found.0 {
                    rest.insert(0, Some(cluster));
                    found = (total + overlap[edit][cluster], rest);
                }
            }
            found
        }
        best(overlap, 0, &mut (0..overlap[0].len()).collect()).1
    }

    #[test]
    fn names_follow_their_customers() {
        let check = |edits: &[PersonaEdit], members: &[Vec<usize>], expected: &[Option<usize>]| {
            assert_eq!(carry_with(edits, members, all_matchings), expected);
        };
        let edits = [edit("a", 0..10), edit("b", 10..20)];
        check(&edits, &[(10..20).collect(), (0..10).collect()], &[Some(1), Some(0)]);
        check(&edits, &[(0..19).collect()], &[Some(0)]);
        check(&edits[..1], &[(0..21).collect()], &[None]);
        check(&edits[..1], &[(0..5).chain(30..34).collect(), (5..10).collect()], &[None, None]);
        check(&edits, &[(0..6).collect(), (6..10).collect(), (10..20).collect()], &[Some(0), None, Some(1)]);
        check(&edits[..1], &(0..5).map(|i| vec![2 * i, 2 * i + 1]).collect::<Vec<_>>(), &[None; 5]);
        check(&edits, &[vec![40, 41]], &[None]);
        check(&[], &[vec![1]], &[None]);
        assert!(!has_changed(&edits[0], &(0..8).collect::<Vec<_>>()));
        assert!(has_changed(&edits[0], &(0..20).collect::<Vec<_>>()));
    }

    #[test]
    fn a_card_is_edited() {
        let members = [(0..6).collect::<Vec<_>>(), (6..9).collect()];
        let one = edit_of(&[], &members, 1, None, |edit| edit.name = Some("  Regulars ".into()));
        assert_eq!(one, [edit("Regulars", 6..9)]);
        let two = edit_of(&one, &members, 1, Some(0), |edit| edit.added.goals = "Save time".into());
        assert_eq!((two.len(), two[0].name.as_deref(), two[0].added.goals.as_str()), (1, Some("Regulars"), "Save time"));
        let moved = [(0..5).collect::<Vec<_>>(), (5..9).collect()];
        assert_eq!(edit_of(&one, &moved, 1, Some(0), |_| {}), [edit("Regulars", 5..9)], "the edit belongs to today's customers");
        assert!(edit_of(&one, &members, 1, Some(0), |edit| edit.name = Some(" ".into())).is_empty(), "nothing is left to say");
    }
}
