//! Between whoever follows and whoever watches: orders one way, what is seen the other. Neither waits for the other.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use crate::session::LiveOrder;

use super::now::LiveNow;

/// Where orders are left and what is seen lies.
pub struct LiveDesk {
    stop: Arc<AtomicBool>,
    orders: Mutex<Vec<LiveOrder>>,
    now: Mutex<Option<Arc<LiveNow>>>,
    outcome: Mutex<Option<Result<(), String>>>,
    wake: Option<Box<dyn Fn() + Send + Sync>>,
}

impl LiveDesk {
    /// Nobody watches; following ends once `stop` is set.
    pub fn unwatched(stop: Arc<AtomicBool>) -> LiveDesk {
        LiveDesk { stop, orders: Mutex::default(), now: Mutex::default(), outcome: Mutex::default(), wake: None }
    }

    /// Somebody watches: `wake` is called from the thread that follows whenever there is something new to see.
    pub fn watched(wake: impl Fn() + Send + Sync + 'static) -> LiveDesk {
        LiveDesk { wake: Some(Box::new(wake)), ..LiveDesk::unwatched(Arc::default()) }
    }

    /// Leaves an order; it is followed between two batches.
    pub fn order(&self, order: LiveOrder) {
        self.orders.lock().unwrap_or_else(PoisonError::into_inner).push(order);
    }

    /// Ends following after the batch under way.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::Release);
    }

    /// What was seen last.
    pub fn now(&self) -> Option<Arc<LiveNow>> {
        self.now.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How it ended, once it has: well, with everything written, or why not.
    pub fn outcome(&self) -> Option<Result<(), String>> {
        self.outcome.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn ended(&self, outcome: Result<(), String>) {
        *self.outcome.lock().unwrap_or_else(PoisonError::into_inner) = Some(outcome);
        if let Some(wake) = &self.wake {
            wake();
        }
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Acquire)
    }

    pub(super) fn is_watched(&self) -> bool {
        self.wake.is_some()
    }

    pub(super) fn take(&self) -> Vec<LiveOrder> {
        std::mem::take(&mut self.orders.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn show(&self, now: LiveNow) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(now));
        if let Some(wake) = &self.wake {
            wake();
        }
    }
}
