/* SPDX-License-Identifier: Apache-2.0
 *
 * The English that any small business is spoken to in: words that carry nothing, words
 * that carry little, and groups that mean the same. Words of one industry belong into
 * its template's `synonyms`, not here. '_' joins words that count only side by side.
 */
#ifndef SB_KNOW_LEXICON_DATA_H
#define SB_KNOW_LEXICON_DATA_H

/* Never looked for. */
#define SB_STOP_WORDS                                                                  \
    "a about actually after again all also am an and another any anybody anyone "      \
    "anything are aren around as at back be because been before being both but by "    \
    "can cannot cant could couldn did didn do does doesn doing don done down during "  \
    "each else ever every everyone everything for from get gets getting go goes "      \
    "going gonna got had has hasn have haven having he hello her here hey hi him "     \
    "his how however i if im in into is isn it its ive just know let lets like ll "    \
    "looking made make many may maybe me might mine more most much must my myself "    \
    "need needed needs no not now of off oh ok okay on one only or other our ours "    \
    "out over own perhaps please possible possibly quite rather re really regarding "  \
    "s said same say says see seem shall she should shouldn since so some somebody "   \
    "someone something sorry still such sure t take taken takes tell than thank "      \
    "thanks that the their theirs them then there these they thing things think this " \
    "those though through to too try trying until up upon us use using usually "  \
    "ve very want wanted wants was wasn way we well were weren what whats when where " \
    "whether which while who whom whose why will wish with within without won wonder " \
    "wondering would wouldn yes yet you your yours yourself "                          \
    "called come comes coming give given curious hoping able info information "        \
    "question details detail kind sort type types guys folks anyway today "            \
    "tomorrow tonight ask asking asked"

/* Looked for, but their absence says little: what businesses do and people are. */
#define SB_COMMON_WORDS                                                                \
    "accept accepted add afterwards ago agree ahead allow allowed allows almost "      \
    "along already always amount answer anymore anywhere appear approximately "        \
    "area available avoid away bad basic basically become began begun believe "        \
    "besides best better big bit body bottom boy break bring broke brother "           \
    "brought build built business buy came care carry case catch caught cause "        \
    "certain change check choose clear client clients close collect common "           \
    "company complete consider contain continue correct count couple cover "           \
    "covers create current currently customer customers dad daughter day days "        \
    "dead deal decide decided depend describe despite develop different "              \
    "difficult discuss draw drop early easy end ends enjoy enter entire "              \
    "eventually everything_else everywhere exact exactly example except expect "       \
    "expected extra fact fair fall family father feature features feel fell "          \
    "felt female few figure fill final finally find fine first five follow "           \
    "forget former found four friend friends front full gather gave general "          \
    "girl gone good great group grow guess guest guests guy half hand handle "         \
    "hang happen happens happy hard hardly hate head heading hear heard held "         \
    "help high hold home hope house huge human husband idea imagine important "        \
    "improve include included includes including increase instead interest "           \
    "interested interesting invite joined jump keep kept last late lately later "      \
    "laugh lead least leave left legal legally lie life lift line lines listen "       \
    "literally little live local long longer look lose lot love low main major "       \
    "male man matter mean means meant meet mention met middle mind minute "            \
    "minutes mix modern mom moment month months mother move name near nearby "         \
    "nearly necessary nervous never new next nice nobody none normal normally "        \
    "nothing notice noticed number obvious offer offered offering offers often "       \
    "old online option options order ordinary owned page parents part people "         \
    "per permitted person personal pick picked piece place places plan planning "      \
    "plans point policy popular positive prefer prepare press pretty problem "         \
    "process produce proper protect prove provide provided provides pull push "        \
    "put putting quick quickly raise reach read ready real realize reason "            \
    "receive recently recommend reduce refer regardless regular relate reliable "      \
    "remain remember repeat reply report represent require required requirement "      \
    "requirements responsible rest right rise rough roughly rule rules run sad "       \
    "saw scared second seen send sent separate serious serve service services "        \
    "set several short show side similar simple single sister sit site "               \
    "situation slow small smart solve sometimes somewhere son soon sound sounds "      \
    "speak special specific spend spent spot stand start starts stay stick stop "      \
    "strong stuck stuff sudden suggest support suppose supposed switch talk "          \
    "team tend terrible thought three threw throw time times tired together "          \
    "told took top total touch true trust turn two typical typically ugly "            \
    "understand understood unless useful usual various visit visiting visitor "        \
    "wait wake walk warn watch weak web website week weeks went whatever "             \
    "whenever wherever whoever whole wide wife win woman word words work "             \
    "working works world worried worry worth write writing written wrong wrote "       \
    "year years young "

/* Forms that no stemmer joins: irregular ones, British spellings, and what people
 * write short. Word and what it is read as. */
static const char *const lexicon_forms[][2] = {
    {"ate", "eat"},
    {"eaten", "eat"},
    {"bought", "buy"},
    {"broke", "break"},
    {"came", "come"},
    {"caught", "catch"},
    {"children", "child"},
    {"drank", "drink"},
    {"drove", "drive"},
    {"driven", "drive"},
    {"fed", "feed"},
    {"feet", "foot"},
    {"fell", "fall"},
    {"found", "find"},
    {"gave", "give"},
    {"geese", "goose"},
    {"grew", "grow"},
    {"grown", "grow"},
    {"held", "hold"},
    {"kept", "keep"},
    {"knives", "knife"},
    {"laid", "lay"},
    {"lent", "lend"},
    {"lit", "light"},
    {"made", "make"},
    {"men", "man"},
    {"mice", "mouse"},
    {"paid", "pay"},
    {"ran", "run"},
    {"rode", "ride"},
    {"rung", "ring"},
    {"sang", "sing"},
    {"sent", "send"},
    {"slept", "sleep"},
    {"sold", "sell"},
    {"spent", "spend"},
    {"stole", "steal"},
    {"stolen", "steal"},
    {"stuck", "stick"},
    {"swam", "swim"},
    {"swum", "swim"},
    {"taught", "teach"},
    {"teeth", "tooth"},
    {"threw", "throw"},
    {"thrown", "throw"},
    {"tore", "tear"},
    {"torn", "tear"},
    {"wives", "wife"},
    {"woke", "wake"},
    {"women", "woman"},
    {"wore", "wear"},
    {"worn", "wear"},
    {"wrote", "write"},
    {"written", "write"},
    {"cheque", "check"},
    {"colour", "color"},
    {"centre", "center"},
    {"licence", "license"},
    {"tyre", "tire"},
    {"tyres", "tire"},
    {"kerb", "curb"},
    {"favourite", "favorite"},
    {"grey", "gray"},
    {"theatre", "theater"},
    {"programme", "program"},
    {"organise", "organize"},
    {"jewellery", "jewelry"},
    {"aluminium", "aluminum"},
    {"mould", "mold"},
    {"moulds", "mold"},
    {"mouldy", "moldy"},
    {"plough", "plow"},
    {"storey", "story"},
    {"thru", "through"},
    {"tonite", "tonight"},
    {"appt", "appointment"},
    {"appts", "appointment"},
    {"info", "information"},
    {"mins", "minute"},
    {"hrs", "hour"},
    {"hr", "hour"},
    {"yrs", "year"},
    {"yr", "year"},
    {"lbs", "pound"},
    {"sq", "square"},
    {"ft", "foot"},
    {"dept", "department"},
    {"govt", "government"},
    {"approx", "approximately"},
    {"ave", "avenue"},
    {"blvd", "boulevard"},
    {"rd", "road"},
    {"apt", "apartment"},
    {"mon", "monday"},
    {"tues", "tuesday"},
    {"tue", "tuesday"},
    {"weds", "wednesday"},
    {"wed", "wednesday"},
    {"thurs", "thursday"},
    {"thu", "thursday"},
    {"fri", "friday"},
    {"sat", "saturday"},
    {"sun", "sunday"},
    {"xmas", "christmas"},
    {"bday", "birthday"},
    {"pls", "please"},
};

/* One string a group. A word may stand in several. */
static const char *const lexicon_groups[] = {
    /* money */
    "price prices pricing cost costs costing fee fees charge charges charged rate "
    "rates "
    "how_much run_me set_me_back expensive",
    "cheap cheapest affordable inexpensive budget low_cost economical lowest",
    "discount discounts discounted deal deals promotion promotions promo coupon "
    "coupons "
    "specials savings reduced",
    "pay paying payment payments paid",
    "card cards credit_card debit visa mastercard amex american_express discover",
    "apple_pay google_pay contactless tap_to_pay paypal venmo zelle",
    "check checks cheque cheques",
    "financing finance installment installments instalment payment_plan payment_plans "
    "monthly_payments pay_over_time interest_free",
    "deposit deposits down_payment upfront retainer prepay prepayment in_advance",
    "refund refunds refundable refunded money_back reimbursed reimbursement "
    "get_my_money reimburse nonrefundable",
    "tip tips tipping gratuity gratuities",
    "tax taxes taxed plus_tax",
    "free complimentary no_charge no_cost at_no_cost included for_nothing gratis",
    "invoice invoices bill bills billing billed receipt receipts",
    "estimate estimates quote quotes quotation quotations bid bids ballpark",
    "package packages bundle bundles",
    "gift_card gift_cards gift_certificate gift_certificates voucher vouchers",
    "membership memberships member members join joining",
    "initiation sign_up_fee joining_fee enrollment_fee initiation_fee",
    "dues monthly_fee annual_fee yearly_fee",
    "annual annually yearly year_round per_year",
    "minimum least minimums at_least",
    "maximum limit limits most at_most cap up_to",
    /* time */
    "hours open opens opening opened close closes closing closed shut shuts hour "
    "opening_hours business_hours operating_hours",
    "schedule schedules timetable calendar",
    "weekend weekends saturday sunday saturdays sundays",
    "weekday weekdays monday tuesday wednesday thursday friday during_the_week",
    "morning mornings early am sunrise dawn",
    "evening evenings night nights late pm after_work twilight dusk sunset",
    "holiday holidays christmas thanksgiving easter new_year memorial_day labor_day "
    "fourth_of_july independence_day",
    "winter december january february snow off_season",
    "summer june july august",
    "season seasonal seasons year_round",
    "how_long duration last lasts length minutes hours",
    "wait waiting turnaround lead_time backlog",
    "last_minute same_day short_notice walk_in walk_ins without_appointment drop_in",
    "late tardy behind running_late",
    "response respond responds arrive arrival how_fast how_quickly how_soon get_here "
    "come_out",
    "emergency emergencies urgent urgently after_hours round_the_clock 24/7 24_hour "
    "24_hours middle_of_the_night",
    "tomorrow next_day",
    "advance ahead beforehand in_advance how_far_ahead how_early",
    /* place and contact */
    "address located location locations directions where_are_you get_there find_you "
    "where_is drive_to",
    "park parking garage lot valet park_my_car",
    "phone telephone call calling ring number cell mobile text",
    "email e_mail mail",
    "contact reach touch speak_to talk_to",
    "area areas serve serving served cover coverage service_area service_areas travel "
    "come_to",
    "county city town zip neighborhood region suburbs",
    "near close nearby nearest next_to far distance",
    "highway exit interstate freeway",
    "bus train transit subway public_transport airport shuttle",
    /* people */
    "child children kid kids child_s youth junior juniors toddler toddlers little_one "
    "little_ones son daughter under_18 teens teen teenager teenagers minors",
    "baby babies infant infants newborn stroller",
    "senior seniors elderly older retiree retired 60_and_over 65_and_over over_65 "
    "over_60",
    "veteran veterans military army navy active_duty service_members armed_forces "
    "first_responder first_responders",
    "student students college university school_id",
    "adult adults grown_up 18_and_over",
    "woman women ladies lady female girls",
    "man men gentlemen male guys mens",
    "beginner beginners novice first_time newbie never_played never_done starting_out "
    "new_to introductory",
    "guest guests non_member nonmember non_members nonmembers public general_public "
    "outsiders visitor visitors",
    "group groups party large_group outing outings team_building corporate company",
    "owner owned owners owns family_owned founded founder started run_by who_runs",
    "staff team employee employees crew technician technicians worker workers",
    "manager management supervisor boss in_charge general_manager",
    "doctor physician dentist",
    "job jobs hiring hire career careers employment work_here work_for_you apply "
    "vacancy vacancies open_positions position positions",
    "age old older ages year_old minimum_age how_old",
    "couple couples husband wife spouse partner significant_other",
    "family families household",
    /* doing business */
    "book booking bookings reserve reserved reserving reservation reservations "
    "appointment appointments schedule scheduling slot make_an_appointment",
    "cancel canceled cancelled cancelling cancellation cancellations cancels back_out",
    "reschedule rescheduling move change postpone rebook",
    "no_show miss missed not_show_up",
    "rain rains raining rained rainy weather storm storms lightning thunderstorm "
    "rain_check raincheck rain_checks",
    "warranty warranties guarantee guarantees guaranteed stand_behind",
    "insurance insured insure",
    "license licensed licence licences certified certification certifications bonded "
    "credentials accredited qualified",
    "permit permits inspection code_compliance",
    "review reviews testimonials rating ratings references reputation",
    "experience years_in_business how_long_have_you established since founded history",
    "background_check background_checks vetted screened drug_tested",
    "complaint complaints unhappy dissatisfied not_happy not_satisfied problem issue",
    "privacy personal_data personal_information",
    "contract contracts agreement agreements sign commitment",
    "rent rental rentals renting rents hire lease borrow loan lend",
    "sell sells selling sold shop store retail buy purchase purchasing carry stock",
    "deliver delivery delivers delivered ship shipping",
    "pickup pick_up collect curbside takeout take_out to_go carryout",
    "return returns returned exchange exchanges bring_back send_back",
    "install installs installing installation installed fit fitted put_in",
    "repair repairs repairing repaired fix fixes fixing fixed mend broken",
    "replace replaces replacing replacement replaced swap new_one",
    "maintain maintenance tune_up tuneup upkeep servicing checkup annual_service",
    "clean cleans cleaning cleaned wash washing cleaner",
    "inspect inspection inspections inspecting examine checked",
    "remove removes removal removing take_away haul dispose disposal get_rid",
    "leak leaks leaking leaky drip drips dripping",
    "clog clogs clogged blocked block backed_up plugged stopped_up backing_up",
    "noise noises noisy loud sound",
    "smell smells smelly odor odour odors stink",
    "bring own outside byo bring_your_own bring_my_own",
    "allow allows allowed permitted permit welcome prohibited "
    "forbidden banned",
    "provide provides provided supply supplied included come_with",
    "lost left_behind lost_and_found forgot misplaced",
    "privately private exclusive",
    "vendor vendors supplier contractor subcontractor",
    "donate donation donations charity sponsor sponsorship fundraiser fundraising",
    "newsletter mailing_list subscribe updates",
    "account log_in login password portal sign_in",
    "language languages speak spanish bilingual english",
    "form forms paperwork fill_out",
    "brand brands make manufacturer manufacturers model",
    "part parts component components",
    "loyalty rewards points punch_card",
    "waitlist waiting_list wait_list",
    "tour tours look_around visit see_the_place",
    "photo photos picture pictures photography camera photographer",
    "video videos film filming drone drones",
    "safety safe dangerous hazard hazardous",
    /* food and drink */
    "food eat eating meal meals restaurant dining dine menu snack snacks grill kitchen "
    "cafe hungry",
    "lunch midday noon",
    "dinner supper evening_meal",
    "breakfast brunch",
    "drink drinks beverage beverages bar alcohol alcoholic beer beers wine liquor "
    "cocktail cocktails booze cooler coolers",
    "coffee tea espresso",
    "vegetarian vegan plant_based meatless",
    "gluten gluten_free celiac allergy allergies allergic dietary nut_free",
    "cater catering catered caterer",
    "water drinking_water water_fountain",
    /* facilities and conduct */
    "wheelchair wheelchairs accessible accessibility disabled disability disabilities "
    "handicap handicapped ada mobility",
    "bathroom bathrooms restroom restrooms toilet toilets washroom",
    "shower showers locker lockers locker_room changing_room changing_rooms",
    "wifi wi_fi internet wireless",
    "smoke smoking cigarette cigarettes cigar cigars vape vaping tobacco",
    "dog dogs pet pets animal animals puppy puppies cat cats service_animal "
    "four_legged",
    "dress attire wear wearing clothes clothing outfit dress_code shirt shirts "
    "collared "
    "collar jeans denim shorts shoes sneakers spikes sandals flip_flops tank_top hat",
    "swim swimming pool pools",
    "gym fitness workout exercise weight_room",
    "wedding weddings bride groom ceremony reception marriage get_married married "
    "rehearsal_dinner",
    "event events function functions party parties celebration banquet banquets "
    "birthday birthdays anniversary gathering",
    "meeting meetings conference conferences seminar projector",
    "capacity seat seats seating how_many_people hold fit accommodate guests",
    "music band dj live_music karaoke entertainment",
    "class classes lesson lessons course courses instruction instructor instructors "
    "coach coaching coaches teach teaches teacher training learn workshop",
    "camp camps summer_camp",
    "tournament tournaments competition competitions contest league leagues "
    "championship",
    "equipment gear tools",
    "ticket tickets admission entry entrance pass passes",
    "room rooms hotel lodging accommodation overnight stay",
    "ev electric_vehicle charging_station charger tesla",
    "security guard cameras alarm",
    "mask masks covid vaccinated vaccination",
    "quiet peaceful crowded busy busiest",
    "map layout",
    "app application mobile_app download",
    "social_media facebook instagram twitter tiktok youtube",
    /* general meaning */
    "big large huge size sizes dimensions how_big square_feet",
    "small little tiny compact",
    "fast quick quickly rapid speed speedy express",
    "new brand_new latest recent recently",
    "used second_hand secondhand pre_owned preowned refurbished",
    "start starts starting begin begins beginning commence",
    "end ends ending finish finishes finished over",
    "color colors colour colours",
    "difference differences compare compared versus vs",
    "environment eco green environmentally sustainable eco_friendly",
    "energy efficient efficiency save_money",
    "temperature hot warm heat",
    "cold cool cooling freezing frozen freeze",
    "car cars vehicle vehicles truck auto",
    "yard lawn grass garden landscaping",
    "kill exterminate pest pests bugs",
    "share shared sharing split",
    "walk walking on_foot",
    "ride riding rider",
    "practice practise practicing warm_up",
    "help assist assistance support",
    "explain instructions guide",
    "choose choice pick select preferred",
    "require required requirement requirements mandatory necessary",
    "weigh weight pounds lbs heavy",
    "require_id id identification drivers_license proof",
    "address_change moved relocated",
};

#endif
