/* SPDX-License-Identifier: GPL-2.0-or-later */
/** @file card_text.h  The words of a model card, and its Markdown. */
#ifndef WSNET_CLI_CARD_TEXT_H
#define WSNET_CLI_CARD_TEXT_H

#include <json-c/json.h>

#include "wsnet.h"

/** Sentences, ended by NULL. */
extern const char *const card_intended_use[];
const char *const *card_limits(wsnet_mixing mixing);

/** @return Markdown of the card that JSON describes, to be freed with CPLFree() */
char *card_markdown(struct json_object *card);

#endif
