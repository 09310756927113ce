//! Which ways do customers take from an anchor, or to it?
//!
//! In: the event table, an anchor, a unit, a depth. Out: a tree. Every node keeps its prefix, so its customers are exactly those who walked it; it knows how
//! many routes it has, and what became of all of them: the kinds that come next, all `other` kinds together, `left`, `goes on` and `open` always add up to
//! it. One pass over the routes per step; memory: customers × steps × 4 bytes.

use serde::{Deserialize, Serialize};

use super::gate::{FEWEST_COMPARED, ShareGap};
use super::routes::{Next, PathAsk, Reader, Route, RoutePlace, customers_of, median_seconds};
use super::{JourneysError, PersonaOf};
use crate::base::{Ctx, may_be_told};
use crate::evaluate::Rate;
use crate::events::table::Events;

/// A place in the tree.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PathNode {
    /// The node before; the anchor's is its own.
    pub parent: u32,
    /// Steps from the anchor.
    pub step: u8,
    /// What stands here.
    pub place: RoutePlace,
    /// Routes that came here.
    pub routes: usize,
    /// Their customers, ascending.
    pub customers: Vec<u32>,
    /// Of `other`: how many kinds it holds.
    pub kinds: usize,
    /// Events that repeated this one in a row and were taken as one with it.
    pub repeats: usize,
    /// Median of the seconds from the event before.
    pub median_seconds: Option<f64>,
    /// What comes next, as places in the tree: kinds by size, then `other`, `left`, `goes on`, `open`.
    pub children: Vec<u32>,
    /// Whether the tree ends here because fewer than ten customers came: their ways would show who they are.
    pub is_too_few: bool,
}

/// All paths from an anchor. The anchor is the first node; a node comes after its parent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PathTree {
    /// What was asked.
    pub ask: PathAsk,
    /// The nodes.
    pub nodes: Vec<PathNode>,
}

/// A persona against the rest at every node: the share of its customers at the anchor that walked there.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PathDifferences {
    /// Per persona and node; the index is 100 where the persona does as everyone does.
    pub of: Vec<Vec<ShareGap>>,
}

/// Reads paths. Fails where the depth is not 2 to 10 or the anchor names what the data do not have.
pub fn paths(events: &Events, ask: &PathAsk, ctx: &Ctx) -> Result<PathTree, JourneysError> {
    let (reader, routes) = Reader::new(events, ask, ctx)?;
    if routes.is_empty() {
        return Err(JourneysError::NothingChosen);
    }
    let mut nodes = vec![node(0, 0, RoutePlace::Anchor, &routes)];
    let is_at_event = matches!(ask.anchor, super::routes::PathAnchor::Event { .. });
    let mut level: Vec<(u32, Vec<Route>)> = vec![(0, routes)];
    for step in 0..=ask.depth {
        let mut deeper = Vec::new();
        for (parent, routes) in level {
            ctx.check()?;
            let next = reader.read(&routes, step == ask.depth, step == 0 && !is_at_event, ctx)?;
            branch(parent, &next, ask.top, events.kind_names.len(), &mut nodes, &mut deeper);
        }
        level = deeper;
    }
    Ok(PathTree { ask: ask.clone(), nodes })
}

fn node(parent: u32, step: u8, place: RoutePlace, routes: &[Route]) -> PathNode {
    let customers = customers_of(routes.iter().map(|route| route.customer));
    let is_too_few = !may_be_told(customers.len());
    let repeats = routes.iter().map(|route| route.repeats as usize).sum();
    PathNode {
        parent,
        step,
        place,
        routes: routes.len(),
        customers,
        kinds: 0,
        repeats,
        median_seconds: None,
        children: Vec::new(),
        is_too_few,
    }
}

/// Puts what comes next under a node.
fn branch(parent: u32, next: &[Next], top: usize, n_kinds: usize, nodes: &mut Vec<PathNode>, deeper: &mut Vec<(u32, Vec<Route>)>) {
    let kept = most_frequent(next.iter().map(|next| next.place), top, n_kinds);
    let mut of_bin: Vec<(Vec<Route>, Vec<f32>)> = vec![Default::default(); kept.bins()];
    for one in next {
        let (routes, seconds) = &mut of_bin[kept.bin(one.place)];
        routes.push(one.route);
        seconds.push(one.seconds);
    }
    for (bin, (routes, seconds)) in of_bin.into_iter().enumerate().filter(|(_, (routes, _))| !routes.is_empty()) {
        let place = kept.place(bin);
        let mut child = node(parent, nodes[parent as usize].step + 1, place, &routes);
        child.median_seconds = median_seconds(seconds);
        if !matches!(place, RoutePlace::Kind(_) | RoutePlace::Other) {
            // The repeats of a route that is over were counted where it was last.
            child.repeats = 0;
        }
        child.kinds = if place == RoutePlace::Other { kept.others } else { 0 };
        let at = nodes.len() as u32;
        nodes[parent as usize].children.push(at);
        if matches!(place, RoutePlace::Kind(_)) && !child.is_too_few {
            deeper.push((at, routes));
        }
        nodes.push(child);
    }
}

/// The kinds that are kept apart at a place, each in a bin of its own; the bins after them are `other`, `left`, `goes on` and `open`.
pub(super) struct Kept {
    kinds: Vec<u32>,
    /// Number of kinds that are not.
    pub others: usize,
}

impl Kept {
    pub(super) fn bins(&self) -> usize {
        self.kinds.len() + 4
    }

    pub(super) fn bin(&self, place: RoutePlace) -> usize {
        let after = match place {
            RoutePlace::Kind(kind) => return self.kinds.iter().position(|&kept| kept == kind).unwrap_or(self.kinds.len()),
            RoutePlace::Other | RoutePlace::Anchor => 0,
            RoutePlace::Left => 1,
            RoutePlace::GoesOn => 2,
            RoutePlace::Open => 3,
        };
        self.kinds.len() + after
    }

    pub(super) fn place(&self, bin: usize) -> RoutePlace {
        match bin.checked_sub(self.kinds.len()) {
            None => RoutePlace::Kind(self.kinds[bin]),
            Some(0) => RoutePlace::Other,
            Some(1) => RoutePlace::Left,
            Some(2) => RoutePlace::GoesOn,
            Some(_) => RoutePlace::Open,
        }
    }
}

/// The most frequent kinds, of equals the one with the lower number.
pub(super) fn most_frequent(places: impl Iterator<Item = RoutePlace>, top: usize, n_kinds: usize) -> Kept {
    let mut counts: Vec<usize> = Vec::new();
    let mut seen: Vec<u32> = Vec::new();
    for place in places {
        if let RoutePlace::Kind(kind) = place {
            if counts.is_empty() {
                counts = vec![0; n_kinds];
            }
            if counts[kind as usize] == 0 {
                seen.push(kind);
            }
            counts[kind as usize] += 1;
        }
    }
    seen.sort_by_key(|&kind| (std::cmp::Reverse(counts[kind as usize]), kind));
    let others = seen.len().saturating_sub(top);
    seen.truncate(top);
    Kept { kinds: seen, others }
}

impl PathTree {
    /// Share of the routes of the node before that came here.
    pub fn share_of_step(&self, node: usize) -> f64 {
        self.nodes[node].routes as f64 / self.nodes[self.nodes[node].parent as usize].routes.max(1) as f64
    }

    /// Share of all routes that came here.
    pub fn share_of_anchor(&self, node: usize) -> f64 {
        self.nodes[node].routes as f64 / self.nodes[0].routes.max(1) as f64
    }

    /// The nodes from the anchor to this one.
    pub fn prefix(&self, node: usize) -> Vec<usize> {
        let mut prefix = vec![node];
        let mut at = node;
        while at != 0 {
            at = self.nodes[at].parent as usize;
            prefix.push(at);
        }
        prefix.reverse();
        prefix
    }

    /// Every persona at every node, corrected for nodes × personas.
    pub fn differences(&self, personas: PersonaOf) -> PathDifferences {
        let lists: Vec<&[u32]> = self.nodes.iter().map(|node| &node.customers[..]).collect();
        PathDifferences { of: differences(&lists, &self.nodes[0].customers, personas) }
    }
}

/// Per persona and list of customers: the share of the anchor's customers in it against that of the rest.
pub(super) fn differences(lists: &[&[u32]], anchor: &[u32], personas: PersonaOf) -> Vec<Vec<ShareGap>> {
    let counted = |customers: &[u32]| {
        let mut counts = vec![0usize; personas.count];
        customers.iter().filter_map(|&customer| personas.get(customer as usize)).for_each(|persona| counts[persona] += 1);
        counts
    };
    let at_anchor = counted(anchor);
    let counts: Vec<Vec<usize>> = lists.iter().map(|list| counted(list)).collect();
    // Places that too few ever reached are not tested, whoever they are.
    let is_tested = |at: usize| lists[at].len() >= FEWEST_COMPARED;
    let tests = (0..lists.len()).filter(|&at| is_tested(at)).count() * personas.count;
    let of = |persona: usize, at: usize| {
        let hits = counts[at][persona];
        let inside = Rate { hits, n: at_anchor[persona] };
        let rest = Rate { hits: lists[at].len() - hits, n: anchor.len() - at_anchor[persona] };
        let difference = ShareGap::new(inside, rest, tests);
        ShareGap { is_told: difference.is_told && is_tested(at), ..difference }
    };
    (0..personas.count).map(|persona| (0..lists.len()).map(|at| of(persona, at)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::seed::{self, RngExt};
    use crate::events::table::{DAY, Time};
    use crate::journeys::JourneyUnit;
    use crate::journeys::made::{HOUR, chance, events_of, on_1_and_8_threads, world};
    use crate::journeys::routes::PathAnchor;
    use crate::journeys::which::Which;

    fn tree(events: &Events, ask: &PathAsk) -> PathTree {
        paths(events, ask, &Ctx::new()).unwrap()
    }

    /// The children of a node as name and routes.
    fn children(events: &Events, tree: &PathTree, node: usize) -> Vec<(String, usize)> {
        let name = |place: RoutePlace| match place {
            RoutePlace::Kind(kind) => events.kind_names[kind as usize].clone(),
            other => format!("{other:?}"),
        };
        tree.nodes[node].children.iter().map(|&at| &tree.nodes[at as usize]).map(|node| (name(node.place), node.routes)).collect()
    }

    fn told(children: &[(&str, usize)]) -> Vec<(String, usize)> {
        children.iter().map(|(name, n)| ((*name).to_owned(), *n)).collect()
    }

    /// Twelve customers with a visit a day: home, list, list, buy; and twelve who only see home. The data end a day later.
    fn two_ways() -> Events {
        let mut rows = vec![("z", 3 * DAY, "end")];
        let names: Vec<String> = (0..24).map(|at| format!("c{at:02}")).collect();
        for (at, name) in names.iter().enumerate() {
            rows.push((name, DAY, "home"));
            if at < 12 {
                rows.extend([(&name[..], DAY + 1_000, "list"), (name, DAY + 2_000, "list"), (name, DAY + 4_000, "buy")]);
            }
        }
        events_of(&rows)
    }

    #[test]
    fn ways_by_hand() {
        let events = two_ways();
        let found = tree(&events, &PathAsk { depth: 2, ..PathAsk::default() });
        assert_eq!(children(&events, &found, 0), told(&[("home", 24), ("end", 1)]));
        let home = found.nodes[0].children[0] as usize;
        assert_eq!(children(&events, &found, home), told(&[("list", 12), ("Left", 12)]));
        let list = found.nodes[home].children[0] as usize;
        assert_eq!(children(&events, &found, list), told(&[("GoesOn", 12)]), "deep enough, but they did not leave");
        assert_eq!((found.nodes[list].repeats, found.nodes[list].median_seconds), (12, Some(1.0)));
        assert_eq!(found.nodes[list].customers, (0..12).collect::<Vec<u32>>());
        assert_eq!(found.prefix(list), [0, home, list]);
        assert!((found.share_of_step(list) - 0.5).abs() < 1e-12 && (found.share_of_anchor(list) - 12.0 / 25.0).abs() < 1e-12);
        assert!(found.nodes[found.nodes[0].children[1] as usize].is_too_few, "one customer is not followed");
        let each = tree(&events, &PathAsk { repeats_are_one: false, depth: 3, ..PathAsk::default() });
        let twice = each.nodes.iter().filter(|node| node.step == 3).map(|node| node.place).next();
        assert_eq!(twice, Some(RoutePlace::Kind(events.kind("list").unwrap())));
    }

    #[test]
    fn backwards_from_an_event_and_from_the_end() {
        let events = two_ways();
        let buy = PathAnchor::Event { which: Which::named("buy", &events).unwrap(), is_every: true };
        let found = tree(&events, &PathAsk { anchor: buy, is_backwards: true, ..PathAsk::default() });
        assert_eq!(children(&events, &found, 0), told(&[("list", 12)]));
        let list = found.nodes[0].children[0] as usize;
        assert_eq!(found.nodes[list].median_seconds, Some(2.0));
        let home = found.nodes[list].children[0] as usize;
        assert_eq!(children(&events, &found, home), told(&[("Open", 12)]), "the data begin here: nobody knows what was before");
        let found = tree(&events, &PathAsk { anchor: PathAnchor::End, unit: JourneyUnit::Customer, ..PathAsk::default() });
        assert_eq!(children(&events, &found, 0), told(&[("buy", 12), ("home", 12), ("end", 1)]));
    }

    #[test]
    fn open_is_not_left() {
        let last = |minutes: Time| {
            let mut rows = vec![("z", DAY, "end")];
            let names: Vec<String> = (0..10).map(|at| format!("c{at}")).collect();
            names.iter().for_each(|name| rows.push((name, DAY - minutes * 60_000, "home")));
            let events = events_of(&rows);
            let found = tree(&events, &PathAsk::default());
            children(&events, &found, found.nodes[0].children[0] as usize)
        };
        assert_eq!((last(30), last(31)), (told(&[("Open", 10)]), told(&[("Left", 10)])));
    }

    #[test]
    fn everything_adds_up_and_threads_do_not_matter() {
        let mut random = seed::random(9, 0);
        let kinds = ["a", "b", "c", "d", "e", "f"];
        let events = world(2_000, |_| {
            (0..random.random_range(1..12))
                .map(|_| (random.random_range(0..40) * HOUR / 4, kinds[random.random_range(0..6usize).min(random.random_range(0..6))]))
                .collect()
        });
        let event = |is_every| PathAnchor::Event { which: Which::named("a", &events).unwrap(), is_every };
        for anchor in [PathAnchor::VisitStart, PathAnchor::FirstEver, event(true), event(false), PathAnchor::End] {
            for (unit, is_backwards, repeats_are_one) in
                [(JourneyUnit::Visit, false, true), (JourneyUnit::Customer, false, false), (JourneyUnit::Customer, true, true)]
            {
                let ask = PathAsk { anchor: anchor.clone(), unit, is_backwards, repeats_are_one, depth: 4, top: 3 };
                let (one, eight) = on_1_and_8_threads(|| tree(&events, &ask));
                assert!(one == eight);
                for node in one.nodes.iter().filter(|node| !node.children.is_empty()) {
                    let parts: usize = node.children.iter().map(|&child| one.nodes[child as usize].routes).sum();
                    assert_eq!(parts, node.routes);
                    let mut customers: Vec<u32> =
                        node.children.iter().flat_map(|&child| one.nodes[child as usize].customers.clone()).collect();
                    customers.sort_unstable();
                    customers.dedup();
                    assert_eq!(customers, node.customers);
                    assert!(node.children.len() <= 3 + 4);
                }
                for node in &one.nodes {
                    let may_end = matches!(node.place, RoutePlace::Other | RoutePlace::Left | RoutePlace::GoesOn | RoutePlace::Open)
                        || node.is_too_few;
                    assert!(may_end || !node.children.is_empty(), "every way is followed: {node:?}");
                }
            }
        }
    }

    #[test]
    fn a_planted_way_is_told_of_its_persona() {
        let mut random = seed::random(4, 0);
        let of: Vec<Option<u16>> = (0..2_000).map(|at| (at % 4 < 2).then_some((at % 2) as u16)).collect();
        let events = world(2_000, |at| {
            let p = if at % 4 == 1 { 0.6 } else { 0.3 };
            vec![(0, "home"), (1_000, if chance(&mut random, p) { "sale" } else { "search" }), (90 * DAY, "home")]
        });
        let found = tree(&events, &PathAsk { anchor: PathAnchor::FirstEver, ..PathAsk::default() });
        let differences = found.differences(PersonaOf::new(&of, 2, &events).unwrap());
        let told: Vec<(usize, RoutePlace)> = (0..2)
            .flat_map(|persona| differences.of[persona].iter().zip(&found.nodes).map(move |(difference, node)| (persona, difference, node)))
            .filter(|(_, difference, node)| difference.is_told && node.step == 2)
            .map(|(persona, _, node)| (persona, node.place))
            .collect();
        let kind = |name| RoutePlace::Kind(events.kind(name).unwrap());
        assert_eq!(told, [(1, kind("search")), (1, kind("sale"))]);
        assert_eq!(
            paths(&events, &PathAsk { depth: 11, ..PathAsk::default() }, &Ctx::new()).unwrap_err(),
            JourneysError::Depth { depth: 11 }
        );
    }
}
