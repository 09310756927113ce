//! Which actions' shortcuts were pressed?

use eframe::egui::{Context, Key, KeyboardShortcut, Modifiers};

use crate::session::Action;
use crate::session::command::ACTIONS;

/// The actions whose shortcut was pressed in this frame.
pub fn pressed_actions(ctx: &Context) -> Vec<Action> {
    let shortcuts = ACTIONS.iter().filter_map(|info| Some((info.action, shortcut(info.shortcut)?)));
    // The more modifiers the earlier, since Ctrl+Z would also take Ctrl+Shift+Z.
    let mut shortcuts: Vec<_> = shortcuts.collect();
    shortcuts.sort_by_key(|(_, shortcut)| std::cmp::Reverse(shortcut.modifiers.shift));
    // A question mark is a letter while something is typed.
    let asks = !ctx.text_edit_focused() && ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Questionmark));
    let asked = asks.then_some(Action::Keys);
    ctx.input_mut(|input| {
        shortcuts.into_iter().filter(|(_, shortcut)| input.consume_shortcut(shortcut)).map(|(action, _)| action).chain(asked).collect()
    })
}

fn shortcut(text: &str) -> Option<KeyboardShortcut> {
    let mut modifiers = Modifiers::NONE;
    let mut rest = text;
    for (word, modifier) in [("Ctrl+", Modifiers::COMMAND), ("Shift+", Modifiers::SHIFT)] {
        if let Some(after) = rest.strip_prefix(word) {
            modifiers |= modifier;
            rest = after;
        }
    }
    let key = match rest {
        "+" => Key::Plus,
        "-" => Key::Minus,
        "." => Key::Period,
        name => Key::from_name(name)?,
    };
    Some(KeyboardShortcut::new(modifiers, key))
}
