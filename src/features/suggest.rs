//! Which columns enter, and how? The user's choices first, then what the data suggest, each with its reason in one sentence.
//!
//! In: the loaded table with its profile, and the preparation recipe. Out: one decision per column, in the table's order. O(p).

use crate::data::profile::MAX_LEVELS;
use crate::data::{ColumnProfile, Kind, Loaded, Role, grouped};

use super::error::PrepareError;
use super::prepared::{Fitted, InputColumn};
use super::recipe::{ColumnRecipe, MissingRule, Preparation, Scale, Transform, TransformRule};

/// A category with more levels than this does not enter unless the user says so.
pub const MAX_DEFAULT_LEVELS: usize = 50;

/// Skewness above which a column is transformed automatically.
pub const SKEWED: f64 = 1.0;

/// The role in force: the user's, or the guessed one.
pub fn role(profile: &ColumnProfile, preparation: &Preparation) -> Role {
    preparation.roles.get(&profile.name).copied().unwrap_or(profile.guessed_role)
}

/// Decides for every column of the table. Fitted parameters are still empty.
pub(super) fn suggest(loaded: &Loaded, preparation: &Preparation) -> Result<Vec<InputColumn>, PrepareError> {
    for name in preparation.features.iter().flatten() {
        if loaded.table.position(name).is_none() {
            let closest = closest(name, loaded.table.columns.iter().map(|column| column.name.as_str()));
            return Err(PrepareError::UnknownColumn { name: name.clone(), closest });
        }
    }
    loaded.profile.columns.iter().map(|profile| suggest_column(profile, preparation)).collect()
}

fn suggest_column(profile: &ColumnProfile, preparation: &Preparation) -> Result<InputColumn, PrepareError> {
    let recipe = preparation.columns.get(&profile.name).cloned().unwrap_or_default();
    let named = preparation.features.as_ref().map(|features| features.contains(&profile.name));
    let (enters, reason) = match recipe.enters.or(named) {
        Some(true) => enters_by_choice(profile)?,
        Some(false) => (false, "You left it out.".to_owned()),
        None => enters_by_default(profile, preparation),
    };
    Ok(InputColumn {
        name: profile.name.clone(),
        kind: profile.kind,
        enters,
        reason,
        transform: transform(profile, &recipe, preparation.transform),
        scale: if profile.kind == Kind::Text { Scale::None } else { recipe.scale.unwrap_or(preparation.scale) },
        missing: recipe.missing.unwrap_or(MissingRule::Impute),
        fitted: Fitted::default(),
    })
}

fn enters_by_choice(profile: &ColumnProfile) -> Result<(bool, String), PrepareError> {
    if let Some(reason) = nothing_to_tell_apart(profile) {
        return Ok((false, reason));
    }
    if profile.kind == Kind::Text && profile.levels.is_none() {
        let n_distinct = grouped(profile.n_distinct);
        return Err(PrepareError::TooManyLevels { name: profile.name.clone(), n_distinct, most: MAX_LEVELS });
    }
    Ok((true, "You chose it.".to_owned()))
}

fn enters_by_default(profile: &ColumnProfile, preparation: &Preparation) -> (bool, String) {
    let role = role(profile, preparation);
    if let Some(reason) = nothing_to_tell_apart(profile) {
        return (false, reason);
    }
    if !role.is_input_by_default() {
        let why = if preparation.roles.contains_key(&profile.name) {
            "you gave it that role".to_owned()
        } else {
            sentence_part(&profile.guess_reason)
        };
        return (false, format!("{}: no input by default ({why}).", role.name()));
    }
    if profile.missing_share > preparation.missing_limit {
        let (share, limit) = (100.0 * profile.missing_share, 100.0 * preparation.missing_limit);
        return (false, format!("{share:.0} % of its values are missing, more than {limit:.0} %."));
    }
    if profile.kind == Kind::Text && profile.n_distinct > MAX_DEFAULT_LEVELS {
        return (false, format!("It has {} levels, more than {MAX_DEFAULT_LEVELS}.", grouped(profile.n_distinct)));
    }
    (true, reason_to_enter(profile, role))
}

fn reason_to_enter(profile: &ColumnProfile, role: Role) -> String {
    match &profile.numeric {
        Some(numeric) if numeric.skewness > SKEWED => format!("{}; skewness {:.1}.", role.name(), numeric.skewness),
        _ => format!("{}: an input by default.", role.name()),
    }
}

fn nothing_to_tell_apart(profile: &ColumnProfile) -> Option<String> {
    match profile.n_distinct {
        0 => Some("It holds no values.".to_owned()),
        1 if profile.kind != Kind::Text || profile.n_missing == 0 => Some("Every row has the same value.".to_owned()),
        _ => None,
    }
}

fn transform(profile: &ColumnProfile, recipe: &ColumnRecipe, rule: TransformRule) -> Transform {
    let Some(numeric) = profile.numeric.as_ref() else { return Transform::None };
    let suggested = match rule {
        TransformRule::None => Transform::None,
        // Two values stay two values under any transform, and days have no long tail worth calming.
        TransformRule::Auto if profile.kind == Kind::Date || profile.n_distinct <= 2 || numeric.skewness <= SKEWED => Transform::None,
        TransformRule::Auto if numeric.min >= 0.0 => Transform::Log1p,
        TransformRule::Auto => Transform::Asinh,
    };
    match recipe.transform.unwrap_or(suggested) {
        // ln(1 + x) does not exist there; asinh is its sibling for both signs.
        Transform::Log1p if numeric.min <= -1.0 => Transform::Asinh,
        transform => transform,
    }
}

/// The most similar of `names`, if it is similar at all.
pub(super) fn closest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Option<String> {
    let asked = name.to_lowercase();
    let (distance, best) = names.map(|other| (edits(&asked, &other.to_lowercase()), other)).min_by_key(|&(distance, _)| distance)?;
    (distance * 2 <= asked.chars().count().max(2)).then(|| best.to_owned())
}

/// Levenshtein's distance: letters inserted, deleted or replaced.
fn edits(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, &y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

fn sentence_part(sentence: &str) -> String {
    let bare = sentence.trim_end_matches('.');
    let mut letters = bare.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().collect::<String>() + letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_closest_name() {
        let names = ["income", "age", "total_spend"];
        for (asked, expected) in [("incme", Some("income")), ("Age", Some("age")), ("totalspend", Some("total_spend")), ("colour", None)] {
            assert_eq!(closest(asked, names.into_iter()).as_deref(), expected, "{asked}");
        }
    }
}
