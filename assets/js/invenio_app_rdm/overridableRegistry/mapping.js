// SPDX-FileCopyrightText: 2026 DEMOS portal contributors
// SPDX-License-Identifier: MIT

import { Understood } from "../../demos/Understood";

// Components of the framework that this instance replaces, by overridable id.
export const overriddenComponents = {
  "InvenioAppRdm.Deposit.Files.after.container": Understood,
};
