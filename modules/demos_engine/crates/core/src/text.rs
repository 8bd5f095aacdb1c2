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
        write_string(text, self.0);
    }
}

/// Write a JSON string.
pub fn write_string(out: &mut String, text: &str) {
    out.push('"');
    for character in text.chars() {
        let code = character as u32;
        if code < 0x20 {
            out.push_str("\\u00");
            let digit = |nibble: u32| char::from_digit(nibble, 16).unwrap_or('0');
            out.push(digit(code >> 4));
            out.push(digit(code & 15));
        } else {
            if character == '"' || character == '\\' {
                out.push('\\');
            }
            out.push(character);
        }
    }
    out.push('"');
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
