// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! Messages put together from their parts.
//!
//! `text!["the sample ", quoted(&name), " has ", bins, " bins"]` does what `format!` does, without
//! the library's formatting machinery, for which a small WebAssembly module has no room.

use crate::prelude::*;

/// A text of parts: texts, counts, and `quoted` names.
#[macro_export]
macro_rules! text {
    ($($part:expr),+ $(,)?) => {{
        use $crate::text::Part;
        let mut text = $crate::text::empty();
        $($part.append(&mut text);)+
        text
    }};
}

/// Where a text begins.
pub fn empty() -> String {
    String::new()
}

/// What can be a part of a text.
pub trait Part {
    /// Write this at the end.
    fn append(&self, text: &mut String);
}

impl Part for str {
    fn append(&self, text: &mut String) {
        text.push_str(self);
    }
}

impl Part for usize {
    fn append(&self, text: &mut String) {
        if *self >= 10 {
            (self / 10).append(text);
        }
        text.push((b'0' + (self % 10) as u8) as char);
    }
}

/// A name in quotation marks.
pub struct Quoted<'a>(&'a str);

/// A name in quotation marks, control characters escaped.
pub fn quoted(name: &str) -> Quoted<'_> {
    Quoted(name)
}

impl Part for Quoted<'_> {
    fn append(&self, text: &mut String) {
        crate::json::write_string(text, self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;
    use crate::prelude::*;

    #[test]
    fn parts_are_joined() {
        let name: Arc<str> = Arc::from("a \"b\"\n");
        let counts = [0, 7, 10, 1205];
        assert_eq!(
            text!["x ", quoted(&name), " ", counts[0], counts[1], counts[2], ", ", counts[3]],
            "x \"a \\\"b\\\"\\u000a\" 0710, 1205"
        );
    }
}
