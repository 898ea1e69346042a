/* rule_actions.h: carries out what only a rule asks for: replace, hash, regex, truncate. It decides nothing.
 */
#ifndef ANONYMISE_RULE_ACTIONS_H
#define ANONYMISE_RULE_ACTIONS_H

#include "state.h"

/* As the functions of apply.h. */
int rule_apply(struct target *target);

#endif
