/* SPDX-License-Identifier: Apache-2.0
 *
 * What kind of message this is. Lists of phrases, and a few counts; every reading is a
 * hint that the later steps weigh, so a message may be several things at once.
 */
#include "brain.h"

#include <string.h>

#define LONG_MESSAGE 1500

static const char *const yes_words[] = {"yes",
                                        "yeah",
                                        "yep",
                                        "yup",
                                        "yea",
                                        "ya",
                                        "sure",
                                        "ok",
                                        "okay",
                                        "correct",
                                        "right",
                                        "thats right",
                                        "thats correct",
                                        "that is right",
                                        "that is correct",
                                        "its right",
                                        "all right",
                                        "alright",
                                        "all correct",
                                        "all good",
                                        "looks good",
                                        "sounds good",
                                        "perfect",
                                        "exactly",
                                        "absolutely",
                                        "definitely",
                                        "please do",
                                        "yes please",
                                        "go ahead",
                                        "i do",
                                        "i would",
                                        "certainly",
                                        "of course",
                                        "that works",
                                        "good",
                                        "great",
                                        "fine",
                                        "confirmed",
                                        "affirmative",
                                        "indeed",
                                        "please",
                                        "that would be great",
                                        "everything is right",
                                        "everything is correct",
                                        "everything looks good",
                                        "it is",
                                        NULL};
static const char *const no_words[] = {"no",
                                       "nope",
                                       "nah",
                                       "not really",
                                       "no thanks",
                                       "no thank you",
                                       "not right",
                                       "wrong",
                                       "incorrect",
                                       "thats wrong",
                                       "thats not right",
                                       "that is not right",
                                       "thats not correct",
                                       "not quite",
                                       "not correct",
                                       "negative",
                                       "im good",
                                       "im all set",
                                       "that is wrong",
                                       "thats all",
                                       "that is all",
                                       "thatll be all",
                                       "nothing",
                                       "nothing else",
                                       "thats it",
                                       "dont",
                                       "i dont",
                                       "not yet",
                                       NULL};
/* ---- kinds ---- */

static void read_manners(struct reading *r)
{
    const char *t = r->plain;

    r->greets = begins_any(t, LIST("hi", "hello", "hey", "hiya", "howdy", "greetings",
                                   "good morning", "good afternoon", "good evening",
                                   "good day", "morning", "afternoon", "evening", "yo",
                                   "hey there", "hi there", "hello there"));
    r->how_are_you =
        has_any(t, LIST("how are you", "how are u", "hows it going", "how is it going",
                        "how are things", "whats up", "how do you do", "how you doing",
                        "hows your day"));
    r->thanks = has_any(t, LIST("thank you", "thanks", "thank u", "thx", "ty",
                                "appreciate it", "much appreciated", "appreciated"));
    r->bye = has_any(t, LIST("bye", "goodbye", "good bye", "see you", "see ya",
                             "have a good day", "have a nice day", "have a great day",
                             "good night", "take care", "talk later", "talk soon"));
    r->yes = begins_any(t, yes_words) != NULL;
    r->no = begins_any(t, no_words) != NULL;
    if (r->yes && has_any(t, LIST("not right", "not correct", "wrong", "but")) &&
        !begins(t, "no"))
        r->yes = !has_any(t, LIST("not right", "not correct", "wrong"));
}

static void read_wishes(struct reading *r)
{
    const char *t = r->plain;

    r->wants_person = has_any(
        t, LIST("real person", "a human", "speak to someone", "speak with someone",
                "talk to someone", "talk with someone", "talk to a person",
                "speak to a person", "speak with a person", "talk to somebody",
                "speak to somebody", "talk to a real", "speak to a real",
                "speak to the manager", "talk to the manager", "speak to a manager",
                "talk to a manager", "speak with a manager", "speak with the manager",
                "representative", "live agent", "talk to an agent", "speak to an agent",
                "human agent", "live person", "human being please", "transfer me",
                "operator", "connect me", "put me through", "let me talk to",
                "let me speak to", "talk to a human", "speak to a human",
                "speak with a human", "actual person", "talk to the owner",
                "speak to the owner", "speak with the owner", "customer service",
                "can i talk to", "can i speak to", "can i speak with",
                "id like to speak to", "id like to talk to", "id like to speak with",
                "want to speak to", "want to talk to", "need to speak to",
                "need to talk to", "someone real"));
    r->wants_message = has_any(
        t, LIST("leave a message", "take a message", "leave a note", "call me back",
                "call me", "callback", "call back", "get back to me", "contact me",
                "reach out to me", "have someone call", "have somebody call",
                "give me a call", "pass a message", "pass on a message", "pass this on",
                "let them know", "ring me", "someone call me", "email me", "text me"));
    r->asks_help =
        has_any(t, LIST("what can you do", "what do you do for", "how can you help",
                        "what can you help", "help me out", "how does this work",
                        "what can i ask", "who do you help")) ||
        strcmp(t, " help ") == 0;
    r->forget_it = has_any(
        t, LIST("never mind", "nevermind", "forget it", "forget about it",
                "stop asking", "dont bother", "no longer need", "changed my mind",
                "cancel that request", "cancel the request", "cancel my request"));
    r->waits =
        has_any(t, LIST("hold on", "one moment", "one second", "one sec", "hang on",
                        "give me a minute", "give me a second", "just a minute",
                        "just a second", "let me check", "wait a minute", "brb"));
}

static void read_about_us(struct reading *r)
{
    const char *t = r->plain;

    r->asks_identity = has_any(
        t, LIST("are you a robot", "are you a bot", "are you human", "are you real",
                "are you an ai", "are you ai", "are you a person", "is this a bot",
                "is this a robot", "is this ai", "is this an ai", "are you a real",
                "am i talking to a", "am i speaking to a", "am i chatting with a",
                "are you chatgpt", "is this a real", "is this a human", "a machine",
                "am i talking with a", "who are you", "what are you"));
    r->asks_name =
        has_any(t, LIST("your name", "who am i talking to", "who am i speaking",
                        "who is this", "whos this", "who am i chatting"));
    if (has_any(t, LIST("need your name", "your name for", "my name")))
        r->asks_name = false;
    r->asks_privacy =
        has_any(t, LIST("my data", "my information", "privacy", "sell my", "share my",
                        "spam me", "is this recorded", "store my",
                        "personal information", "who sees")) &&
        !has_any(t, LIST("privacy fence", "golf privacy"));
    r->asks_repeat = has_any(t, LIST("say that again", "say again", "repeat that",
                                     "what did you say", "come again", "pardon",
                                     "can you repeat", "could you repeat",
                                     "didnt catch", "repeat please", "didnt get that"));
    r->asks_memory =
        has_any(t,
                LIST("last time", "last conversation", "we talked about", "remember me",
                     "do you remember", "previous chat", "we spoke", "we discussed")) &&
        has_any(t, LIST("what", "remember", "did we", "did i", "talked", "discussed"));
}

static void read_replies(struct reading *r)
{
    const char *t = r->plain;

    r->asks_why =
        has_any(t, LIST("why do you need", "why do you want", "why do you ask",
                        "what do you need that for", "what do you need it for",
                        "what is that for", "why should i", "whats it for",
                        "why is that needed", "why does that matter",
                        "do you really need", "what for")) ||
        strcmp(t, " why ") == 0;
    r->declines = has_any(
        t,
        LIST("rather not", "prefer not", "dont want to give", "dont want to say",
             "dont want to share", "not comfortable", "none of your business", "skip",
             "skip that", "id rather", "wont give", "not giving", "not going to give",
             "dont have one", "dont have an email", "dont have email",
             "dont have a phone", "do i have to", "pass on that", "no email",
             "no phone", "dont give out", "not telling", "dont feel like", "private",
             "dont wish to", "keep that to myself", "not sharing", "dont have a number",
             "leave it out", "doesnt matter", "refuse to", "decline"));
    r->told_already = has_any(
        t, LIST("already told", "already gave", "already said", "already give",
                "just told", "just said", "just gave", "told you", "i said that",
                "as i said", "like i said", "gave you that", "gave it to you",
                "you have that", "you already have", "you already asked",
                "already answered", "asked me that", "you have it", "you have my",
                "you already know", "already provided"));
    r->corrects =
        has_any(t, LIST("actually", "i meant", "i mean", "wrong", "correction",
                        "change", "should be", "supposed to be", "not right", "mistake",
                        "typo", "instead", "sorry its", "no its", "no it is",
                        "mistyped", "make that", "make it", "scratch that", "wait no",
                        "no wait", "or rather", "rather than", "isnt right",
                        "incorrect", "misspelled", "no the", "no my"));
}

static void read_tone(struct reading *r)
{
    const char *t = r->plain;

    r->injects = is_injected(t);
    r->profane =
        has_any(t, LIST("fuck*", "shit", "shitty", "bullshit", "bitch*", "asshole*",
                        "cunt", "dick", "dickhead", "bastard*", "wtf", "stfu",
                        "motherf*", "crap", "piss off", "damn it"));
    r->insults =
        has_any(t, LIST("you suck", "you are useless", "youre useless", "useless",
                        "stupid", "you are dumb", "youre dumb", "idiot", "moron",
                        "worthless", "you dont understand", "not helpful",
                        "youre not helping", "this isnt helping", "waste of time",
                        "you are terrible", "hate you", "hate this"));
    r->complains = has_any(
        t, LIST("complaint", "complain", "unhappy with", "not happy with",
                "disappointed", "unacceptable", "terrible service", "bad service",
                "poor service", "horrible service", "awful service", "rude",
                "ripped off", "overcharged", "never showed", "no one showed",
                "nobody showed", "didnt show up", "worst experience",
                "terrible experience", "bad experience", "horrible experience",
                "dissatisfied", "upset with", "angry about", "furious"));
}

/* Words that begin a request of somebody's own. */
static const char *const own_wish[] = {"id like",
                                       "i would like",
                                       "i want",
                                       "i need",
                                       "we need",
                                       "we want",
                                       "we would like",
                                       "wed like",
                                       "looking to",
                                       "can you come",
                                       "can someone",
                                       "can somebody",
                                       "could someone",
                                       "could somebody",
                                       "could you come",
                                       "please book",
                                       "please schedule",
                                       "please send",
                                       "book me",
                                       "book us",
                                       "sign me up",
                                       "sign us up",
                                       "put me down",
                                       "put us down",
                                       "can i book",
                                       "can we book",
                                       "can i schedule",
                                       "can we schedule",
                                       "can i make",
                                       "can i get a",
                                       "can we get a",
                                       "can i reserve",
                                       "could i book",
                                       "could we book",
                                       "could i get",
                                       "could we get",
                                       "could i make",
                                       "may i book",
                                       "can i set up",
                                       "can we set up",
                                       "need to",
                                       "want to book",
                                       "like to book",
                                       "lets book",
                                       "im interested in booking",
                                       "interested in joining",
                                       "can you send",
                                       "could you send",
                                       "send someone",
                                       "send somebody",
                                       "help me book",
                                       "can you fit",
                                       "can you squeeze",
                                       "trying to book",
                                       "hoping to",
                                       "im looking for a",
                                       "im calling to",
                                       "have someone",
                                       "i have a leak*",
                                       "is leaking",
                                       "stopped working",
                                       "is broken",
                                       "book a",
                                       "schedule a",
                                       "wanna book",
                                       "wanna schedule",
                                       "gotta",
                                       "get me",
                                       "can u come",
                                       "can u book",
                                       "can you book",
                                       "could you book",
                                       "can you schedule",
                                       "can you get me",
                                       NULL};
/* What makes "can I book" a question about how booking works. */
static const char *const about_booking[] = {
    "online",       "in advance",     "how far",
    "how do i",     "how can i",      "how early",
    "how soon",     "do i need",      "do i have to",
    "do we need",   "do we have to",  "without",
    "app",          "by phone",       "over the phone",
    "how long",     "policy",         "deposit",
    "what happens", "if i",           "how much notice",
    "should i",     "is it possible", "required",
    "walk in",      "how to",         NULL};

static bool mentions_intake(struct brain *b)
{
    const char *const *phrase = b->turn->intake_when;

    for (; phrase && *phrase; phrase++) {
        size_t len = strlen(*phrase);
        char *bare = plain(&b->arena, *phrase);
        size_t end = strlen(bare);

        if (end > 1)
            bare[end - 1] = len && (*phrase)[len - 1] == '*' ? '*' : '\0';
        if (end > 2 && has(b->read.plain, bare + 1))
            return true;
    }
    return false;
}

/* A request, as opposed to a question about requests. */
static void read_intake(struct brain *b)
{
    struct reading *r = &b->read;
    bool mentioned = mentions_intake(b) ||
                     has_any(r->plain, LIST("appointment", "book", "schedule", "quote",
                                            "estimate", "reservation"));
    bool own = has_any(r->plain, own_wish) != NULL;

    if (r->wants_message)
        r->wants_intake = true;
    else if (!mentioned || has_any(r->plain, about_booking))
        r->wants_intake = false;
    else
        r->wants_intake = own || r->question_count == 0;
}

static void read_size(struct brain *b)
{
    struct reading *r = &b->read;

    r->words = count_words(r->plain);
    r->empty = r->words == 0;
    r->too_long = strlen(b->turn->message) > LONG_MESSAGE;
    r->language = brain_language(b, r->plain);
    r->gibberish =
        !r->language && b->turn->heard_count == 0 && brain_is_gibberish(r->plain);
}

/* "and on Sundays?", "what about kids?": no sentence of its own. */
static bool is_elliptic(struct brain *b)
{
    static const char *const leads[] = {"and",  "or",       "also", "for", "on",
                                        "with", "same for", "but",  NULL};
    const char *text = b->read.plain, *bare;

    if (b->read.question_count != 1 || b->read.words > 7)
        return false;
    bare = plain(&b->arena, b->read.questions[0]);
    if (begins_any(bare, LIST("what about", "how about")))
        return true;
    return begins_any(text, leads) && !brain_is_sentence(bare);
}

void brain_read(struct brain *b)
{
    struct reading *r = &b->read;

    r->plain = plain(&b->arena, b->turn->message);
    brain_find_questions(b);
    read_size(b);
    read_manners(r);
    read_wishes(r);
    read_about_us(r);
    read_replies(r);
    read_tone(r);
    read_intake(b);
    r->elliptic = is_elliptic(b);
}
