// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT

// Components of the framework that this instance replaces, by overridable id.
export const overriddenComponents = {};
