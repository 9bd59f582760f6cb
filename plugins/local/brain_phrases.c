/* SPDX-License-Identifier: Apache-2.0
 *
 * The template's phrases by name, each in one or more wordings ("unknown",
 * "unknown.2"). A template that lacks one gets ours: whatever happens, there is
 * something to say.
 */
#include "brain.h"

#include <stdio.h>
#include <string.h>

#define MOST_WORDINGS 6

struct preset {
    const char *name;
    const char *wordings[MOST_WORDINGS];
};
static const struct preset presets[] = {
    {"greeting", {"Welcome to {business}. How can I help you?"}},
    {"greeting.returning", {"Welcome back[, {name}]. How can I help you today?"}},
    {"hello", {"Hello. What can I do for you?", "Hi there. How can I help?"}},
    {"how_are_you",
     {"Very well, thank you. How can I help you?",
      "I'm well, thanks for asking. What can I do for you?"}},
    {"identity",
     {"I'm the virtual receptionist at {business}, not a person. I can answer "
      "questions, take requests and pass things on to our team[, who are on {phone}].",
      "You're talking with {business}'s virtual receptionist. I'm happy to help, or to "
      "have somebody call you."}},
    {"agent_name", {"My name is {agent}, and I'm the virtual receptionist here."}},
    {"capabilities",
     {"I can answer questions about {business}, take a request, or have somebody call "
      "you back.",
      "Ask me about {business}, or tell me what you need and I'll pass it on."}},
    {"thanks",
     {"You're welcome. Is there anything else?",
      "My pleasure. Anything else I can do for you?",
      "Glad to help. Let me know if there's more."}},
    {"bye",
     {"Thank you for getting in touch with {business}. Goodbye.",
      "Goodbye, and take care."}},
    {"no_more",
     {"All right. We're here if anything else comes up.",
      "Very good. Have a nice day."}},
    {"unknown",
     {"I don't have that information, and I'd rather not guess. Shall I take a message "
      "so that somebody gets back to you?",
      "That's something I don't know for certain. May I take a message and have "
      "somebody get back to you?",
      "I can't find that in what I've been given. Would you like me to take a message "
      "for the team?"}},
    {"unknown.part",
     {"I don't know about the rest for certain; shall I take a message about it?",
      "For the other part I'd have to ask the team. Shall I take a message?"}},
    {"unknown.instead",
     {"That I don't know for certain, but I can pass the question on with your "
      "request.",
      "I'd have to ask the team about that; I'll pass it on with your request."}},
    {"handover",
     {"Of course. I'm letting our team know that you'd like to speak with a person[; "
      "you can also reach them on {phone}].",
      "Certainly, I'm passing you on to our team[. Their number is {phone}]."}},
    {"handover.closed",
     {"Of course. We're closed at the moment[ and open {next_open}], so I've left word "
      "that you'd like to speak with somebody. If you give me your name and number, "
      "they can call you back."}},
    {"intake.start",
     {"Happy to help with that. I'll take a few details.",
      "I can pass that on for you. I just need a few details."}},
    {"intake.message", {"I'll take a message.", "Certainly, I'll pass a message on."}},
    {"intake.resume", {"Back to your request:", "And for your request:"}},
    {"intake.waiting",
     {"Take your time. I'm here.", "No hurry, just write when you're ready."}},
    {"intake.dropped",
     {"No problem, we'll leave it there. Tell me if you'd like to go on with it.",
      "All right, I'll stop asking. Just say so if you'd like to go on."}},
    {"ack", {"Thank you.", "Got it.", "Thanks, noted."}},
    {"ack.changed", {"Thanks, I've changed that.", "I've corrected that, thank you."}},
    {"decline.ok",
     {"That's fine, we can do without it.", "No problem, I'll leave that out."}},
    {"decline.phone",
     {"That's fine. Without a phone number they'll have to reach you another way.",
      "No problem. They can't call you back then, but I'll pass on what I have."}},
    {"told_already",
     {"You're right, and I'm sorry for asking again.",
      "My apologies, you did say that."}},
    {"told_missing",
     {"I'm sorry, I must have missed it. Could you give it to me once more?",
      "My apologies, that didn't reach me. Could you say it again?"}},
    {"why",
     {"It's so that our team can get back to you about this.",
      "Only so that the right person can help you with this."}},
    {"privacy",
     {"What you tell me goes to {business} so that they can help you, and isn't used "
      "for anything else by me. You needn't share anything you'd rather not."}},
    {"readback", {"Let me read that back to be sure:", "Here is what I have:"}},
    {"readback.ask", {"Is all of that right?", "Have I got that right?"}},
    {"readback.no",
     {"No problem. What should I change?",
      "Sorry about that. Which part should be different?"}},
    {"retry",
     {"Sorry, I didn't quite get that.", "I'm sorry, I didn't understand that."}},
    {"complete",
     {"Thank you[, {name}]. I've passed your request on, and somebody will be in "
      "touch."}},
    {"complete.message",
     {"Thank you[, {name}]. I've passed your message on, and somebody will get back to "
      "you."}},
    {"complete.already",
     {"Your request is already with our team. Is there anything you'd like to add?",
      "I've passed that on already. Can I help with anything else?"}},
    {"added", {"Thanks, I've added that to your request."}},
    {"urgent.collect", {"What is the best phone number to reach you on right now?"}},
    {"urgent.paged", {"Our team has been alerted.", "I've alerted our team about it."}},
    {"out_of_scope",
     {"That's outside what I can help with here. Is there something about {business} "
      "that I can do for you?",
      "I'm afraid I can only help with matters of {business}."}},
    {"injection",
     {"I can't change how I work, but I'm glad to help with anything about {business}.",
      "I'll stay with being the receptionist of {business}. What can I do for you?",
      "That's not something I can do here. Is there a question about {business} that I "
      "can answer?"}},
    {"profanity",
     {"I'd like to help, and that works better without strong language. What can I do "
      "for you?",
      "I understand that you're upset. Tell me what happened and I'll do what I can."}},
    {"insult",
     {"I'm sorry that I haven't been more help. Would you like me to have a person "
      "call you, or shall I take a message?",
      "I'm sorry about that. I can take a message so that somebody from the team gets "
      "back to you, if you like."}},
    {"complaint",
     {"I'm sorry to hear that. I'd like the right person to know about it. Shall I "
      "take a message with your details?",
      "I apologise for that. May I take a message so that somebody can put it right?"}},
    {"gibberish",
     {"Sorry, I couldn't make sense of that. Could you put it another way?",
      "I'm afraid I didn't understand that. What would you like to know?"}},
    {"empty",
     {"I'm here. What can I do for you?",
      "I didn't get any words there. How can I help?"}},
    {"too_long",
     {"Thank you for the details. I've kept all of it. What is the one thing I can do "
      "for you first?"}},
    {"lost",
     {"I'm not sure I understood. Could you tell me a little more about what you need?",
      "I want to be sure I help with the right thing. What would you like to know or "
      "have done?"}},
    {"declined_offer",
     {"All right. Is there anything else I can help with?",
      "No problem. Anything else I can do for you?"}},
    {"area.ask",
     {"Which town or ZIP code are you in?", "What town is it, or ZIP code?"}},
    {"and_now", {"What can I do for you?", "How can I help?"}},
    {"great", {"Great. What can I do for you?", "Good. How can I help?"}},
    {"memory.none",
     {"I don't have an earlier conversation of ours to look at. How can I help "
      "today?"}},
    {"hours.unknown",
     {"I don't have our opening hours in front of me. Shall I take a message?"}},
    {"language.es",
     {"Lo siento, por ahora solo puedo atender en inglés. Si me deja su nombre y su "
      "teléfono, le paso el mensaje a nuestro equipo. (I can help in English, or take "
      "a message.)"}},
    {"language.fr",
     {"Désolé, je ne peux répondre qu'en anglais pour le moment. Si vous me laissez "
      "votre nom et votre numéro, je transmets votre message. (I can help in English, "
      "or take a message.)"}},
    {"language.de",
     {"Leider kann ich im Moment nur auf Englisch helfen. Wenn Sie mir Namen und "
      "Telefonnummer geben, richte ich gern etwas aus. (I can help in English, or take "
      "a message.)"}},
    {"language.pt",
     {"Desculpe, por enquanto só posso atender em inglês. Se deixar o seu nome e "
      "telefone, passo o recado à nossa equipe. (I can help in English, or take a "
      "message.)"}},
    {"language.it",
     {"Mi dispiace, per ora posso rispondere solo in inglese. Se mi lascia nome e "
      "numero di telefono, riferisco il messaggio. (I can help in English, or take a "
      "message.)"}},
    {"language.other",
     {"I'm sorry, I can only help in English so far. If you leave your name and phone "
      "number, I can pass a message on to our team."}},
};

/* ---- filling ours ---- */

static const char *value_of(const struct brain *b, const char *name, size_t len)
{
    const struct sb_turn *t = b->turn;
    const struct {
        const char *name, *value;
    } values[] = {{"business", t->business},
                  {"agent", t->agent},
                  {"phone", t->phone},
                  {"name", t->person_name},
                  {"next_open", t->next_open}};
    size_t i;

    for (i = 0; i < sizeof(values) / sizeof(values[0]); i++)
        if (strlen(values[i].name) == len && strncmp(values[i].name, name, len) == 0)
            return values[i].value ? values[i].value : "";
    return "";
}

/* Fills up to `end`; false when a placeholder was empty. */
static bool fill(const struct brain *b, const char *p, const char *end,
                 struct text *out)
{
    bool full = true;

    while (p < end) {
        const char *close = *p == '{' ? strchr(p, '}') : NULL;

        if (close && close < end) {
            const char *value = value_of(b, p + 1, (size_t)(close - p - 1));

            full = full && *value;
            text_puts(out, value);
            p = close + 1;
        } else {
            text_put(out, p++, 1);
        }
    }
    return full;
}

static const char *fill_preset(const struct brain *b, const char *wording)
{
    struct arena *arena = b->out.arena;
    struct text out = {.arena = arena};
    const char *p = wording;

    while (*p) {
        const char *open = strchr(p, '['), *close = open ? strchr(open, ']') : NULL;
        struct text part = {.arena = arena};

        if (!close) {
            (void)fill(b, p, p + strlen(p), &out);
            break;
        }
        (void)fill(b, p, open, &out);
        if (fill(b, open + 1, close, &part))
            text_puts(&out, text_str(&part));
        p = close + 1;
    }
    return text_str(&out);
}

/* ---- finding ---- */

/* Is `candidate` the phrase `name` or one of its further wordings "name.2"? */
static bool is_wording(const char *candidate, const char *name)
{
    size_t len = strlen(name);

    if (strncmp(candidate, name, len) != 0)
        return false;
    return candidate[len] == '\0' ||
           (candidate[len] == '.' && candidate[len + 1] >= '2' &&
            candidate[len + 1] <= '9' && candidate[len + 2] == '\0');
}

static size_t template_wordings(const struct brain *b, const char *name,
                                const char *out[MOST_WORDINGS])
{
    size_t n = 0, i;

    for (i = 0; i < b->turn->phrase_count && n < MOST_WORDINGS; i++)
        if (is_wording(b->turn->phrases[i].name, name) && *b->turn->phrases[i].text)
            out[n++] = b->turn->phrases[i].text;
    return n;
}

static size_t preset_wordings(const struct brain *b, const char *name,
                              const char *out[MOST_WORDINGS])
{
    size_t i, n = 0;

    for (i = 0; i < sizeof(presets) / sizeof(presets[0]); i++) {
        if (strcmp(presets[i].name, name) != 0)
            continue;
        while (n < MOST_WORDINGS && presets[i].wordings[n]) {
            out[n] = fill_preset(b, presets[i].wordings[n]);
            n++;
        }
    }
    return n;
}

static size_t wordings(const struct brain *b, const char *name,
                       const char *out[MOST_WORDINGS])
{
    size_t n = template_wordings(b, name, out);

    return n ? n : preset_wordings(b, name, out);
}

const char *say(const struct brain *b, const char *name)
{
    const char *all[MOST_WORDINGS];
    size_t n = wordings(b, name, all);

    if (n == 0)
        return "";
    return all[(size_t)(b->turn->number + b->salt) % n];
}

bool has_phrase(const struct brain *b, const char *name)
{
    const char *all[MOST_WORDINGS];

    return template_wordings(b, name, all) > 0;
}

bool said_last(struct brain *b, const char *name)
{
    const char *all[MOST_WORDINGS];
    size_t n = wordings(b, name, all), i;
    const char *last;

    if (!b->turn->last_reply || !*b->turn->last_reply)
        return false;
    last = plain(&b->arena, b->turn->last_reply);
    for (i = 0; i < n; i++)
        if (holds(last, plain(&b->arena, all[i])))
            return true;
    return false;
}
