// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT
//! JSON pointers (RFC 6901): their tokens and how these are escaped.

use crate::prelude::*;

/// Append a token with its separator.
pub fn push(pointer: &mut String, token: &str) {
    pointer.push('/');
    for character in token.chars() {
        match character {
            '~' => pointer.push_str("~0"),
            '/' => pointer.push_str("~1"),
            other => pointer.push(other),
        }
    }
}

/// The tokens of a pointer; `None` if it is none.
pub fn tokens(pointer: &str) -> Option<Vec<String>> {
    let mut tokens: Vec<String> = Vec::new();
    let mut tilde = false;
    for character in pointer.chars() {
        if character == '/' {
            tokens.push(String::new());
            tilde = false;
            continue;
        }
        let token = tokens.last_mut()?;
        let meant = match character {
            '0' if tilde => '~',
            '1' if tilde => '/',
            other => other,
        };
        if tilde && meant != character {
            token.pop();
        }
        tilde = character == '~';
        token.push(meant);
    }
    Some(tokens)
}

/// The index that a token means in an array.
pub fn index(token: &str) -> Option<usize> {
    let plain = !token.is_empty() && (token.len() == 1 || token.as_bytes()[0] != b'0');
    let mut index = 0_usize;
    for byte in token.bytes() {
        if !byte.is_ascii_digit() {
            return None;
        }
        index = index.checked_mul(10)?.checked_add(usize::from(byte - b'0'))?;
    }
    if plain {
        Some(index)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_survive_a_round_trip() {
        let wanted = ["", "a/b", "~1", "~", "m~0n", "é", "0"];
        let mut pointer = String::new();
        for token in wanted {
            push(&mut pointer, token);
        }
        assert_eq!(pointer, "//a~1b/~01/~0/m~00n/é/0");
        assert_eq!(tokens(&pointer).unwrap(), wanted);
        assert_eq!(tokens("/~~1/~2").unwrap(), ["~/", "~2"]);
        assert_eq!((tokens(""), tokens("a")), (Some(Vec::new()), None));
    }

    #[test]
    fn an_index_is_a_plain_decimal_number() {
        let found = ["0", "10", "", "01", "-1", "1a", "99999999999999999999", "+1"].map(index);
        assert_eq!(found, [Some(0), Some(10), None, None, None, None, None, None]);
    }
}
