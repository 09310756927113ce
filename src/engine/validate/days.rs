//! On which days are snapshots taken?
//!
//! In: the first and the last day with orders, how many snapshots, how far apart. Out: days, ascending, each the last of a whole quarter or month: one that is
//! not over yet is left out, since its customers have had less time. O(snapshots).

use crate::data::day::IsoDay;
use crate::session::Every;

/// The days of the last `n` snapshots that are not before the first day.
pub fn snapshot_days(first: IsoDay, last: IsoDay, n: usize, every: Every) -> Vec<IsoDay> {
    let mut days: Vec<IsoDay> = match every {
        Every::Days(apart) => (0..n as i64).map(|nth| i64::from(last.0) - nth * i64::from(apart)).map(|day| IsoDay(day as i32)).collect(),
        Every::Quarter | Every::Month => {
            let apart = if every == Every::Quarter { 3 } else { 1 };
            let Some((year, month)) = month_of(last) else { return Vec::new() };
            let months =
                (0..).map(|back| 12 * year + month - 1 - back).take_while(|month| *month > 0).filter(|month| (month + 1) % apart == 0);
            months.filter_map(end_of).filter(|day| *day <= last).take(n).collect()
        }
    };
    days.retain(|day| *day >= first);
    days.reverse();
    days
}

/// Year and month of a day, from 1.
fn month_of(day: IsoDay) -> Option<(i32, i32)> {
    let text = day.to_string();
    let (year, rest) = text.split_once('-')?;
    Some((year.parse().ok()?, rest.split_once('-')?.0.parse().ok()?))
}

/// The last day of a month, counted from January of the year 0.
fn end_of(month: i32) -> Option<IsoDay> {
    let next = month + 1;
    IsoDay::parse(&format!("{:04}-{:02}-01", next / 12, next % 12 + 1)).map(|day| IsoDay(day.0 - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(first: &str, last: &str, n: usize, every: Every) -> Vec<String> {
        let day = |text: &str| IsoDay::parse(text).unwrap();
        snapshot_days(day(first), day(last), n, every).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_quarter_that_is_not_over_is_left_out_and_so_is_a_day_before_the_first_order() {
        let found = days("2023-01-05", "2024-05-17", 4, Every::Quarter);
        assert_eq!(found, ["2023-06-30", "2023-09-30", "2023-12-31", "2024-03-31"]);
        assert_eq!(days("2023-01-05", "2024-03-31", 2, Every::Quarter), ["2023-12-31", "2024-03-31"]);
        assert_eq!(days("2024-01-05", "2024-05-17", 4, Every::Quarter), ["2024-03-31"]);
        assert_eq!(days("2023-12-05", "2024-03-01", 4, Every::Month), ["2023-12-31", "2024-01-31", "2024-02-29"]);
        assert_eq!(days("2024-01-05", "2024-03-01", 3, Every::Days(30)), ["2024-01-31", "2024-03-01"]);
        assert_eq!(days("2024-03-02", "2024-03-03", 3, Every::Month), Vec::<String>::new());
    }
}
