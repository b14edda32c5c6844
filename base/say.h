/* Words for people: the one way of messages, notes and rows without columns to a terminal. What they quote comes from files
 * (names, labels, what tools said), and a terminal obeys none of it. */
#pragma once

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

/* say, say_list: as fprintf and vfprintf, but each character that a terminal might obey is escaped as text_shown says (base/text.h). New lines
 * and tabs stay: messages of tools have several lines. */
void say(FILE *f, const char *format, ...) __attribute__((format(printf, 2, 3)));
void say_list(FILE *f, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

/* say_bytes: the same of n bytes of text. */
void say_bytes(FILE *f, const char *text, size_t n);
