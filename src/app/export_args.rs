//! What is taken away by the headless commands? The arguments of `cards` and `run` that say which personas, on which paper, for whom.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::base::part;
use crate::export::{Audience, Choices, Density, Format, Paper, country_code};

/// How the chosen formats are made; everything left out is as the window has it at first.
#[derive(Debug, Args)]
pub(super) struct ExportArgs {
    /// Only these personas, by the numbers that are shown ("C1,C3"); tables of customers always have everyone.
    #[arg(long, value_delimiter = ',', value_name = "NUMBERS", value_parser = persona)]
    personas: Option<Vec<usize>>,
    /// The paper of pages: a4, letter, a3 (a poster) or slide (16:9).
    #[arg(long, value_name = "PAPER", default_value = "a4", value_parser = paper)]
    paper: Paper,
    /// How much a card tells: its front in plain words, or front and back with all evidence.
    #[arg(long, value_enum, default_value = "analyst")]
    density: DensityWord,
    /// Your own page template, a Typst file.
    #[arg(long, value_name = "FILE")]
    template: Option<PathBuf>,
    /// Audience lists: the column that says who agreed to be contacted; the one whose name says so unless chosen.
    #[arg(long, value_name = "COLUMN")]
    consent_column: Option<String>,
    /// Audience lists: the country of customers whose row names none, such as DE.
    #[arg(long, value_parser = country)]
    country: Option<String>,
    /// Audience lists: plain text instead of SHA-256, for platforms that hash on their side.
    #[arg(long)]
    plain: bool,
    /// customers.csv: keep cells that a spreadsheet would run as formulas; without this option an apostrophe is put before them.
    #[arg(long)]
    keep_formulas: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum DensityWord {
    Workshop,
    Analyst,
}

impl ExportArgs {
    /// The choices of an export.
    pub(super) fn choices(self, formats: Vec<Format>) -> Choices {
        let density = match self.density {
            DensityWord::Workshop => Density::Workshop,
            DensityWord::Analyst => Density::Analyst,
        };
        let audience = Audience { consent_column: self.consent_column, country: self.country, plain: self.plain };
        Choices {
            formats,
            personas: self.personas,
            paper: self.paper,
            density,
            template: self.template,
            audience,
            keeps_formulas: self.keep_formulas,
        }
    }
}

/// A format by its name.
pub(super) fn format(text: &str) -> Result<Format, String> {
    let all = || Format::ALL.map(Format::id).join(", ");
    Format::from_name(text).ok_or_else(|| format!("choose from {}", all()))
}

/// "C3" or "3", from 1 as shown; from 0 as computed.
fn persona(text: &str) -> Result<usize, String> {
    part::number(text).ok_or_else(|| "give the numbers that are shown, such as C1,C3".to_owned())
}

fn paper(text: &str) -> Result<Paper, String> {
    let all = || Paper::ALL.map(Paper::id).join(", ");
    Paper::from_id(text).ok_or_else(|| format!("choose from {}", all()))
}

fn country(text: &str) -> Result<String, String> {
    country_code(text).map(str::to_owned).ok_or_else(|| "give a country by its two letters, such as DE".to_owned())
}
