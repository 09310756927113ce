//! Which numbers of a table of customers may not be told, because they, or what is told beside them, would point at a few?
//!
//! In: customers by group (rows, the last one being everyone) and by value (columns). Out: the cells that are not told. Cells of one to nine
//! customers are not; neither is any other that is needed so that no such cell can be reckoned: sums of groups and of values are known to the
//! reader, so a cell alone in its row, its column or on the only way between both follows from the others. What is told is a graph (D. Gusfield
//! 1988, "A graph theoretic approach to statistical data security"): rows and columns are its nodes, the withheld cells its edges, and a cell
//! follows exactly where its edge is a bridge. The smallest cells that close a circle are withheld too, and as many that those of a line hold at
//! least ten customers together. Ties go to the first. O(cells) per round, and hardly more than three rounds.

use super::measure::MIN_CELL;

/// Customers by group and value, and what is never told anyway.
pub struct Counts<'a> {
    /// A row for every group, the last one for everyone.
    pub rows: &'a [Vec<usize>],
    /// Groups of which something is told: not customers in no segment, and not segments of a few.
    pub told_rows: &'a [bool],
    /// Values of which something is told.
    pub told_columns: &'a [bool],
}

/// What it costs to withhold that nobody is there: more than any way past customers.
const EMPTY: usize = usize::MAX / 1024;

/// Whether a number of customers would point at single ones.
pub fn is_few(n: usize) -> bool {
    (1..MIN_CELL).contains(&n)
}

/// The cells that may not be told.
pub fn withheld(counts: &Counts) -> Vec<Vec<bool>> {
    let cell = |(r, row): (usize, &Vec<usize>)| {
        let is_hidden = |(c, &n): (usize, &usize)| n > 0 && (is_few(n) || !counts.told_rows[r] || !counts.told_columns[c]);
        row.iter().enumerate().map(is_hidden).collect()
    };
    let mut hidden: Vec<Vec<bool>> = counts.rows.iter().enumerate().map(cell).collect();
    while sums(counts.rows, &mut hidden) || circles(counts.rows, &mut hidden) {}
    hidden
}

/// Withholds one more cell of every line whose withheld cells hold too few customers together. Whether there was one.
fn sums(rows: &[Vec<usize>], hidden: &mut [Vec<bool>]) -> bool {
    let everyone = rows.len().saturating_sub(1);
    let n_columns = rows.first().map_or(0, Vec::len);
    let of_row = |r: usize| (0..n_columns).map(|c| (r, c)).collect::<Vec<_>>();
    let of_column = |c: usize| (0..everyone).map(|r| (r, c)).collect::<Vec<_>>();
    let mut any = false;
    for line in (0..rows.len()).map(of_row).chain((0..n_columns).map(of_column)) {
        // A column's sum is everyone's cell; where that is withheld there is nothing to subtract from.
        let is_column = line.first().zip(line.last()).is_some_and(|(first, last)| first.1 == last.1 && first.0 != last.0);
        if is_column && hidden[everyone][line[0].1] {
            continue;
        }
        loop {
            let secret: Vec<usize> = line.iter().filter(|(r, c)| hidden[*r][*c]).map(|(r, c)| rows[*r][*c]).collect();
            if !secret.iter().any(|&n| is_few(n)) || secret.iter().sum::<usize>() >= MIN_CELL {
                break;
            }
            let open = line.iter().filter(|(r, c)| !hidden[*r][*c] && rows[*r][*c] > 0);
            let Some(&(r, c)) = open.min_by_key(|(r, c)| rows[*r][*c]) else { break };
            hidden[r][c] = true;
            any = true;
        }
    }
    any
}

/// Closes a circle through every cell of a few that would follow from the others, and through those beside cells of a few whose sum would follow.
/// Whether there was one.
fn circles(rows: &[Vec<usize>], hidden: &mut [Vec<bool>]) -> bool {
    let found = bridges(hidden);
    let n_columns = rows.first().map_or(0, Vec::len);
    let is_told_of = |line: &mut dyn Iterator<Item = (usize, usize)>| {
        let secret: Vec<(usize, usize)> = line.filter(|(r, c)| hidden[*r][*c]).collect();
        let unsure = secret.iter().filter(|cell| found.binary_search(cell).is_err()).map(|(r, c)| rows[*r][*c]);
        secret.iter().any(|(r, c)| is_few(rows[*r][*c])) && is_few(unsure.sum())
    };
    let needs = |&(r, c): &(usize, usize)| {
        is_few(rows[r][c]) || is_told_of(&mut (0..n_columns).map(|c| (r, c))) || is_told_of(&mut (0..rows.len() - 1).map(|r| (r, c)))
    };
    let wanted: Vec<(usize, usize)> = found.iter().copied().filter(needs).collect();
    let mut any = false;
    for cell in wanted {
        for (r, c) in cheapest_way(rows, hidden, cell) {
            any |= !hidden[r][c];
            hidden[r][c] = true;
        }
    }
    any
}

/// Edges without which their ends would be in different parts, found by one walk in depth (R. Tarjan 1974, "A note on finding the bridges of a graph").
fn bridges(hidden: &[Vec<bool>]) -> Vec<(usize, usize)> {
    let (n_rows, n_columns) = (hidden.len(), hidden.first().map_or(0, Vec::len));
    let cell = |a: usize, b: usize| if a < n_rows { (a, b - n_rows) } else { (b, a - n_rows) };
    let neighbours: Vec<Vec<usize>> = (0..n_rows + n_columns)
        .map(|node| match node.checked_sub(n_rows) {
            None => (0..n_columns).filter(|&c| hidden[node][c]).map(|c| n_rows + c).collect(),
            Some(c) => (0..n_rows).filter(|&r| hidden[r][c]).collect(),
        })
        .collect();
    let mut found = Vec::new();
    let mut order = vec![usize::MAX; neighbours.len()];
    let mut low = order.clone();
    let mut n_seen = 0;
    for root in 0..neighbours.len() {
        if order[root] != usize::MAX {
            continue;
        }
        // Node, where it was come from, and how many of its neighbours were looked at.
        let mut path = vec![(root, usize::MAX, 0)];
        (order[root], low[root], n_seen) = (n_seen, n_seen, n_seen + 1);
        while let Some((node, from, next)) = path.last_mut() {
            let (node, from) = (*node, *from);
            if let Some(&to) = neighbours[node].get(*next) {
                *next += 1;
                if order[to] == usize::MAX {
                    (order[to], low[to], n_seen) = (n_seen, n_seen, n_seen + 1);
                    path.push((to, node, 0));
                } else if to != from {
                    low[node] = low[node].min(order[to]);
                }
            } else {
                path.pop();
                if from != usize::MAX {
                    low[from] = low[from].min(low[node]);
                    if low[node] > order[from] {
                        found.push(cell(from, node));
                    }
                }
            }
        }
    }
    found.sort_unstable();
    found
}

/// The way from a cell's row to its column, past the cell itself, on which the fewest customers would be withheld besides (E. W. Dijkstra 1959).
/// Empty cells are the last way: that a segment has no other value tells how many have the only one, wherever its size is known.
fn cheapest_way(rows: &[Vec<usize>], hidden: &[Vec<bool>], (from, to): (usize, usize)) -> Vec<(usize, usize)> {
    let n_rows = rows.len();
    let n_nodes = n_rows + rows.first().map_or(0, Vec::len);
    let cell = |a: usize, b: usize| match (a < n_rows, b < n_rows) {
        (true, false) => Some((a, b - n_rows)),
        (false, true) => Some((b, a - n_rows)),
        _ => None,
    };
    let mut cost = vec![usize::MAX; n_nodes];
    let mut before = vec![usize::MAX; n_nodes];
    let mut is_done = vec![false; n_nodes];
    cost[from] = 0;
    while let Some(node) = (0..n_nodes).filter(|&node| !is_done[node] && cost[node] < usize::MAX).min_by_key(|&node| cost[node]) {
        is_done[node] = true;
        for next in 0..n_nodes {
            let Some((r, c)) = cell(node, next) else { continue };
            if (r, c) == (from, to) {
                continue;
            }
            let own = match rows[r][c] {
                _ if hidden[r][c] => 0,
                0 => EMPTY,
                n => n,
            };
            let whole = cost[node].saturating_add(own);
            if whole < cost[next] {
                (cost[next], before[next]) = (whole, node);
            }
        }
    }
    let mut way = Vec::new();
    let mut node = n_rows + to;
    while before[node] != usize::MAX {
        way.extend(cell(before[node], node));
        node = before[node];
    }
    way
}

#[cfg(test)]
mod tests {
    use crate::base::seed::{self, RngExt};

    use super::*;

    fn check(rows: &[&[usize]], expected: &[&str]) {
        let mut all: Vec<Vec<usize>> = rows.iter().map(|row| row.to_vec()).collect();
        all.push((0..rows[0].len()).map(|c| rows.iter().map(|row| row[c]).sum()).collect());
        let (told_rows, told_columns) = (vec![true; all.len()], vec![true; rows[0].len()]);
        let found = withheld(&Counts { rows: &all, told_rows: &told_rows, told_columns: &told_columns });
        let drawn: Vec<String> = found.iter().map(|row| row.iter().map(|hidden| if *hidden { 'x' } else { '.' }).collect()).collect();
        assert_eq!(drawn, expected, "{rows:?}");
    }

    #[test]
    fn what_could_be_reckoned_is_withheld_too() {
        check(&[&[40, 60], &[30, 70], &[4, 96]], &["..", "xx", "xx", ".."]);
        check(&[&[40, 60], &[95, 5], &[4, 96]], &["..", "xx", "xx", ".."]);
        check(&[&[40, 60], &[100, 0], &[0, 100]], &["..", "..", "..", ".."]);
        check(&[&[40, 20, 60], &[30, 30, 70]], &["...", "...", "..."]);
        // Three students in two groups and 37 of 37 in the last: that nobody there is none of them would give the 37 away, and so the three.
        check(&[&[144, 0], &[120, 2], &[96, 1], &[0, 37]], &["..", "xx", "xx", "xx", ".."]);
        // Two of one and two customers are three, so a third is withheld with them.
        check(&[&[1, 2, 50], &[40, 40, 40], &[60, 60, 60]], &["xxx", "xxx", "...", "..."]);
    }

    /// Whether the withheld cell (r, c) is the same in all tables with these sums: it can be written as a sum of the equations of rows and columns.
    fn follows(hidden: &[Vec<bool>], (r, c): (usize, usize)) -> bool {
        let cells: Vec<(usize, usize)> =
            (0..hidden.len()).flat_map(|r| (0..hidden[0].len()).map(move |c| (r, c))).filter(|(r, c)| hidden[*r][*c]).collect();
        let place = cells.iter().position(|cell| *cell == (r, c)).unwrap();
        let sign = |cell: &(usize, usize)| if cell.0 + 1 == hidden.len() { -1.0 } else { 1.0 };
        let of_row = |row: usize| cells.iter().map(|cell| f64::from(u8::from(cell.0 == row))).collect::<Vec<f64>>();
        let of_column = |column: usize| cells.iter().map(|cell| if cell.1 == column { sign(cell) } else { 0.0 }).collect::<Vec<f64>>();
        let mut equations: Vec<Vec<f64>> = (0..hidden.len()).map(of_row).chain((0..hidden[0].len()).map(of_column)).collect();
        let rank_before = rank(&mut equations.clone());
        equations.push((0..cells.len()).map(|at| f64::from(u8::from(at == place))).collect());
        rank(&mut equations) == rank_before
    }

    fn rank(rows: &mut [Vec<f64>]) -> usize {
        let mut rank = 0;
        for column in 0..rows[0].len() {
            let Some(pivot) = (rank..rows.len()).find(|&row| rows[row][column].abs() > 1e-9) else { continue };
            rows.swap(rank, pivot);
            for row in 0..rows.len() {
                let by = rows[row][column] / rows[rank][column];
                if row != rank && by != 0.0 {
                    let taken = rows[rank].clone();
                    rows[row].iter_mut().zip(&taken).for_each(|(value, other)| *value -= by * other);
                }
            }
            rank += 1;
        }
        rank
    }

    #[test]
    fn no_cell_of_a_few_follows_from_the_others() {
        let mut rng = seed::random(7, 0);
        let (mut n_few, mut n_more) = (0, 0);
        for _ in 0..400 {
            let (n_groups, n_values) = (rng.random_range(2..6usize), rng.random_range(2..7usize));
            let mut count = || if rng.random_range(0..3) == 0 { rng.random_range(0..12usize) } else { rng.random_range(10..90) };
            let mut rows: Vec<Vec<usize>> = (0..n_groups).map(|_| (0..n_values).map(|_| count()).collect()).collect();
            rows.push((0..n_values).map(|c| rows.iter().map(|row| row[c]).sum()).collect());
            let mut told_rows = vec![true; n_groups + 1];
            told_rows[n_groups - 1] = n_groups % 2 == 0;
            let told_columns = vec![true; n_values];
            let hidden = withheld(&Counts { rows: &rows, told_rows: &told_rows, told_columns: &told_columns });
            for r in 0..rows.len() {
                for c in 0..n_values {
                    n_more += usize::from(hidden[r][c] && !is_few(rows[r][c]));
                    if is_few(rows[r][c]) {
                        n_few += 1;
                        assert!(hidden[r][c] && !follows(&hidden, (r, c)), "{rows:?} {r} {c}");
                    }
                }
            }
        }
        assert!(n_few > 500 && n_more > 300, "{n_few} {n_more}");
    }
}
