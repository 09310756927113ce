//! How do customers flow from step to step, whatever they did before?
//!
//! In: the same question as [`super::paths`]. Out: columns of nodes, one per step, in which equal kinds are one node whatever the prefix, and the ribbons
//! between neighbouring columns (a Sankey diagram). Kinds that are not kept apart go on as `other`. The nodes of a column add up to what went on from the
//! one before. One pass over the routes per step.

use serde::{Deserialize, Serialize};

use super::gate::ShareGap;
use super::paths::{differences, most_frequent};
use super::routes::{Next, PathAnchor, PathAsk, Reader, Route, RoutePlace, customers_of, median_seconds};
use super::{JourneysError, PersonaOf};
use crate::base::Ctx;
use crate::events::table::Events;

/// Who stands at a place of a step, or goes between two.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Crowd {
    /// Routes.
    pub routes: usize,
    /// Their customers, ascending.
    pub customers: Vec<u32>,
    /// Median of the seconds from the event before.
    pub median_seconds: Option<f64>,
}

/// A node of a column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FlowNode {
    /// What stands here.
    pub place: RoutePlace,
    /// Of `other`: how many kinds it holds.
    pub kinds: usize,
    /// Who came.
    pub crowd: Crowd,
}

/// A ribbon from a node of the column before to one of this column.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PathRibbon {
    /// Node of the column before.
    pub from: usize,
    /// Node of this column.
    pub to: usize,
    /// Who went.
    pub crowd: Crowd,
}

/// One step.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FlowColumn {
    /// Kinds by size, then `other`, `left`, `goes on`, `open`.
    pub nodes: Vec<FlowNode>,
    /// What comes in, by the node it comes from, then by the node it goes to.
    pub ribbons: Vec<PathRibbon>,
}

/// All steps; the first column is the anchor.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PathFlow {
    /// What was asked.
    pub ask: PathAsk,
    /// The columns.
    pub columns: Vec<FlowColumn>,
}

/// Reads the flow. Fails where the depth is not 2 to 10 or the anchor names what the data do not have.
pub fn flow(events: &Events, ask: &PathAsk, ctx: &Ctx) -> Result<PathFlow, JourneysError> {
    let (reader, mut routes) = Reader::new(events, ask, ctx)?;
    if routes.is_empty() {
        return Err(JourneysError::NothingChosen);
    }
    let crowd = Crowd { routes: routes.len(), customers: customers_of(routes.iter().map(|route| route.customer)), median_seconds: None };
    let anchor = FlowNode { place: RoutePlace::Anchor, kinds: 0, crowd };
    let mut columns = vec![FlowColumn { nodes: vec![anchor], ribbons: Vec::new() }];
    // The node of the last column that each route stands at.
    let mut stands: Vec<usize> = vec![0; routes.len()];
    for step in 0..=ask.depth {
        let is_first = step == 0 && !matches!(ask.anchor, PathAnchor::Event { .. });
        let next = reader.read(&routes, step == ask.depth, is_first, ctx)?;
        let (column, to) = column(&next, &stands, ask.top, events.kind_names.len());
        let going_on: Vec<usize> = (0..next.len()).filter(|&at| matches!(next[at].place, RoutePlace::Kind(_))).collect();
        stands = going_on.iter().map(|&at| to[at]).collect();
        routes = going_on.iter().map(|&at| next[at].route).collect::<Vec<Route>>();
        columns.push(column);
        if routes.is_empty() {
            break;
        }
    }
    Ok(PathFlow { ask: ask.clone(), columns })
}

/// The column that these steps lead to, and the node of it that each does.
fn column(next: &[Next], stands: &[usize], top: usize, n_kinds: usize) -> (FlowColumn, Vec<usize>) {
    let kept = most_frequent(next.iter().map(|next| next.place), top, n_kinds);
    let bins: Vec<usize> = next.iter().map(|next| kept.bin(next.place)).collect();
    let mut is_used = vec![false; kept.bins()];
    bins.iter().for_each(|&bin| is_used[bin] = true);
    let used: Vec<usize> = (0..kept.bins()).filter(|&bin| is_used[bin]).collect();
    let node_of: Vec<usize> = (0..kept.bins()).map(|bin| used.partition_point(|&other| other < bin)).collect();
    let to: Vec<usize> = bins.into_iter().map(|bin| node_of[bin]).collect();
    let n_from = stands.iter().max().map_or(0, |most| most + 1);
    let mut at_node: Vec<Members> = vec![Members::default(); used.len()];
    let mut on_ribbon: Vec<Members> = vec![Members::default(); n_from * used.len()];
    for ((one, &from), &node) in next.iter().zip(stands).zip(&to) {
        at_node[node].add(one);
        on_ribbon[from * used.len() + node].add(one);
    }
    let kinds = |place: RoutePlace| if place == RoutePlace::Other { kept.others } else { 0 };
    let node = |(&bin, of): (&usize, Members)| FlowNode { place: kept.place(bin), kinds: kinds(kept.place(bin)), crowd: of.crowd() };
    let nodes = used.iter().zip(at_node).map(node).collect();
    let ribbons = on_ribbon.into_iter().enumerate().filter(|(_, of)| of.routes > 0);
    let ribbons = ribbons.map(|(at, of)| PathRibbon { from: at / used.len(), to: at % used.len(), crowd: of.crowd() }).collect();
    (FlowColumn { nodes, ribbons }, to)
}

/// Who stands at a place, while routes are counted.
#[derive(Debug, Clone, Default)]
struct Members {
    routes: usize,
    customers: Vec<u32>,
    seconds: Vec<f32>,
}

impl Members {
    fn add(&mut self, next: &Next) {
        self.routes += 1;
        // Routes come by customer.
        if self.customers.last() != Some(&next.route.customer) {
            self.customers.push(next.route.customer);
        }
        if !next.seconds.is_nan() {
            self.seconds.push(next.seconds);
        }
    }

    fn crowd(mut self) -> Crowd {
        self.customers.shrink_to_fit();
        Crowd { routes: self.routes, customers: self.customers, median_seconds: median_seconds(self.seconds) }
    }
}

impl PathFlow {
    /// Every persona at every node of every column after the anchor, corrected for nodes × personas: per persona, column by column.
    pub fn differences(&self, personas: PersonaOf) -> Vec<Vec<ShareGap>> {
        let lists: Vec<&[u32]> = self.columns.iter().flat_map(|column| column.nodes.iter().map(|node| &node.crowd.customers[..])).collect();
        let of = differences(&lists, lists[0], personas);
        of.into_iter().map(|of| of.into_iter().skip(1).collect()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::{self, RngExt};
    use crate::journeys::made::{HOUR, on_1_and_8_threads, world};

    #[test]
    fn columns_add_up_and_other_goes_on() {
        let mut random = seed::random(2, 0);
        let kinds = ["a", "b", "c", "d", "e", "f"];
        let events = world(1_500, |_| (0..9).map(|_| (random.random_range(0..50) * HOUR / 5, kinds[random.random_range(0..6)])).collect());
        let ask = PathAsk { top: 3, depth: 4, ..PathAsk::default() };
        let (one, eight) = on_1_and_8_threads(|| flow(&events, &ask, &Ctx::new()).unwrap());
        assert!(one == eight);
        let going_on = |column: &FlowColumn| -> usize {
            let goes = |node: &&FlowNode| matches!(node.place, RoutePlace::Kind(_) | RoutePlace::Other | RoutePlace::Anchor);
            column.nodes.iter().filter(goes).map(|node| node.crowd.routes).sum()
        };
        let mut n_from_other = 0;
        for (before, column) in one.columns.iter().zip(&one.columns[1..]) {
            assert_eq!(column.nodes.iter().map(|node| node.crowd.routes).sum::<usize>(), going_on(before));
            for (at, node) in column.nodes.iter().enumerate() {
                let into: usize = column.ribbons.iter().filter(|ribbon| ribbon.to == at).map(|ribbon| ribbon.crowd.routes).sum();
                assert_eq!(into, node.crowd.routes);
            }
            n_from_other += column.ribbons.iter().filter(|ribbon| before.nodes[ribbon.from].place == RoutePlace::Other).count();
            assert!(column.nodes.iter().filter(|node| node.place == RoutePlace::Other).all(|node| node.kinds == 3));
        }
        assert!(n_from_other > 0);
        assert!(one.columns.iter().all(|column| column.nodes.iter().filter(|node| matches!(node.place, RoutePlace::Kind(_))).count() <= 3));
    }
}
