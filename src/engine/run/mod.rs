//! How is anything computed? Values by their keys, jobs for those that are missing, workers for the jobs; nothing here knows what is computed.

pub mod answer;
pub mod jobs;
pub mod memo;
pub mod naming;
pub mod runtime;
mod services;
pub mod watch;
