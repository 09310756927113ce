//! How is a formula computed fast? In three layers: what is computed for every row, what is added up per customer, and what is made of the sums.
//! Layers are shared by all formulas of a grain, so that two formulas that divide by the same sum compute it once.
//!
//! In: parsed formulas. Out: the layers. A formula that does not come apart this way is added up as it stands. O(length).

use polars::prelude::*;

use super::formula::Parsed;

/// Formulas of one grain, taken apart.
#[derive(Default)]
pub(super) struct PartialSums {
    /// Columns to add to the rows.
    pub rows: Vec<Expr>,
    /// What is made of the rows of a customer.
    pub sums: Vec<Expr>,
    /// The formulas, from the sums.
    pub results: Vec<Expr>,
    seen_rows: Vec<Expr>,
    seen_sums: Vec<Expr>,
}

impl PartialSums {
    /// Takes formulas apart.
    pub(in crate::customers) fn of<'a>(formulas: impl IntoIterator<Item = &'a Parsed>) -> PartialSums {
        let mut partial = PartialSums::default();
        for parsed in formulas {
            let name = parsed.name.as_str();
            let result = match partial.result(&parsed.expr) {
                Some(result) => result,
                None => partial.sum(parsed.expr.clone()),
            };
            partial.results.push(result.alias(name));
        }
        partial
    }

    /// What lies above the sums; `None` where a part is neither a sum nor computed from sums alone.
    fn result(&mut self, expr: &Expr) -> Option<Expr> {
        Some(match expr {
            Expr::Literal(_) => expr.clone(),
            Expr::Alias(inner, _) => self.result(inner)?,
            Expr::BinaryExpr { left, op, right } => {
                Expr::BinaryExpr { left: self.result(left)?.into(), op: *op, right: self.result(right)?.into() }
            }
            Expr::Cast { expr, dtype, options } => Expr::Cast { expr: self.result(expr)?.into(), dtype: dtype.clone(), options: *options },
            Expr::Ternary { predicate, truthy, falsy } => {
                let [predicate, truthy, falsy] = [predicate, truthy, falsy].map(|part| self.result(part));
                Expr::Ternary { predicate: predicate?.into(), truthy: truthy?.into(), falsy: falsy?.into() }
            }
            Expr::Len => self.sum(len()),
            Expr::Function { input, function: FunctionExpr::NullCount } => {
                let value = self.of_rows(input.first()?)?;
                // A function would be called a customer; both of these are counts.
                self.sum(len() - value.count())
            }
            Expr::Agg(sum) => {
                let value = |partial: &mut PartialSums, inner: &Expr| partial.of_rows(inner).map(Arc::new);
                let sum = match sum {
                    AggExpr::Sum(inner) => AggExpr::Sum(value(self, inner)?),
                    AggExpr::Mean(inner) => AggExpr::Mean(value(self, inner)?),
                    AggExpr::First(inner) => AggExpr::First(value(self, inner)?),
                    AggExpr::Min { input, propagate_nans } => AggExpr::Min { input: value(self, input)?, propagate_nans: *propagate_nans },
                    AggExpr::Max { input, propagate_nans } => AggExpr::Max { input: value(self, input)?, propagate_nans: *propagate_nans },
                    AggExpr::Count { input, include_nulls } => {
                        let input = value(self, input)?;
                        if *include_nulls {
                            return Some(self.sum(len()));
                        }
                        AggExpr::Count { input, include_nulls: false }
                    }
                    _ => return None,
                };
                self.sum(Expr::Agg(sum))
            }
            _ => return None,
        })
    }

    /// A value every row has; `None` where its rows are not independent of each other.
    fn of_rows(&mut self, expr: &Expr) -> Option<Expr> {
        if let Expr::Column(_) = expr {
            return Some(expr.clone());
        }
        let reads_column = expr.into_iter().any(|part| matches!(part, Expr::Column(_)));
        (reads_column && is_of_one_row(expr)).then(|| named(expr.clone(), "\u{1}row", &mut self.seen_rows, &mut self.rows))
    }

    fn sum(&mut self, expr: Expr) -> Expr {
        named(expr, "\u{1}sum", &mut self.seen_sums, &mut self.sums)
    }
}

/// The column that holds an expression: an older one if it was seen before.
fn named(expr: Expr, what: &str, seen: &mut Vec<Expr>, columns: &mut Vec<Expr>) -> Expr {
    let at = seen.iter().position(|other| *other == expr).unwrap_or_else(|| {
        columns.push(expr.clone().alias(format!("{what} {}", seen.len())));
        seen.push(expr);
        seen.len() - 1
    });
    col(format!("{what} {at}"))
}

fn is_of_one_row(expr: &Expr) -> bool {
    expr.into_iter().all(|part| match part {
        Expr::Column(_) | Expr::Literal(_) | Expr::Alias(..) | Expr::BinaryExpr { .. } | Expr::Cast { .. } | Expr::Ternary { .. } => true,
        Expr::Function { function: FunctionExpr::Boolean(is), .. } => {
            use BooleanFunction::{IsBetween, IsNotNull, IsNull, Not};
            matches!(is, IsNull | IsNotNull | Not | IsBetween { .. })
        }
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::customers::build::formula;
    use crate::data::sourcing::{Grain, RecipeColumn};

    fn parsed(formula: &str) -> Parsed {
        let column = RecipeColumn { name: formula.into(), grain: Grain::Transactions, formula: formula.into(), about: String::new() };
        formula::parse(&column, &["a", "b", "c"]).unwrap()
    }

    /// The layers against the formula as it stands.
    fn check(formulas: &[&str], n_rows: usize, n_sums: usize) {
        let rows = df!("run" => [0u32, 0, 0, 1, 1, 2], "a" => [Some(1.5), None, Some(-4.0), Some(0.5), Some(2.0), None],
            "b" => [1i32, 5, 0, 2, 2, 7], "c" => [Some("x"), Some("y"), None, Some("x"), Some("x"), None])
        .unwrap()
        .lazy();
        let parsed: Vec<Parsed> = formulas.iter().map(|formula| parsed(formula)).collect();
        let partial = PartialSums::of(&parsed);
        assert_eq!((partial.rows.len(), partial.sums.len()), (n_rows, n_sums), "{formulas:?}");
        let sums = rows.clone().with_columns(partial.rows).group_by_stable([col("run")]).agg(partial.sums);
        let layered = sums.select(partial.results).collect().unwrap();
        let plain = rows.group_by_stable([col("run")]).agg(parsed.iter().map(|parsed| parsed.expr.clone()).collect::<Vec<_>>());
        let plain = plain.collect().unwrap().drop("run").unwrap();
        assert!(layered.equals_missing(&plain), "{layered:?} is not {plain:?}");
    }

    #[test]
    fn formulas_share_what_they_have_in_common() {
        check(&["SUM(a)", "SUM(a) / NULLIF(COUNT(*), 0)"], 0, 3);
        check(&["SUM(CASE WHEN c = 'x' THEN b ELSE 0 END) * 1.0 / NULLIF(SUM(b), 0)", "SUM(CASE WHEN c = 'x' THEN b ELSE 0 END)"], 1, 5);
        check(
            &["SUM(CASE WHEN b BETWEEN 1 AND 5 THEN 1 ELSE 0 END)", "COUNT(c)", "COUNT(*)", "AVG(a)", "MIN(b) - MAX(b)", "FIRST(c)"],
            1,
            8,
        );
    }

    #[test]
    fn formulas_that_do_not_come_apart_are_added_up_as_they_stand() {
        check(&["STDDEV(a)"], 0, 1);
        check(&["SUM(a - AVG(a))", "MEDIAN(b)"], 0, 2);
        check(&["SUM(1)"], 0, 1);
        check(&["ROUND(SUM(a), 1)", "COALESCE(SUM(a), 0)"], 0, 2);
    }
}
