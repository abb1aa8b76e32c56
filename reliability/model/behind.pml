/*
 * Two messages of one ordering key, 0 and 1, of one transaction or of two that come one after the other, and two of other keys. Row ids are drawn one
 * by one in transactions that end in any order. The relay reads page after page above its cursor. 0 may appear below the cursor, and 1 above it: so
 * what stands behind the cursor is looked for after 1 was read.
 *
 * Promised: 1 is not taken to be sent before 0.
 *
 * Tried, and wrong: to look once for all that had an id already when the look began, as whatever is committed before such a row is written is seen by
 * that look. It is not for two of one transaction, whose ids others may lie between: BUG_ONCE_FOR_A_BACKLOG.
 */
#define ROWS 4
#define ordered(x) (x < 2)

byte id[ROWS], last;           /* 0: none drawn yet */
bit row[ROWS], taken[ROWS], inverted;

ltl promise { [] !inverted }

inline draw(x) {
    atomic { last++; id[x] = last }
}

proctype Key() {
    draw(0);
    if
    :: if
       :: row[0] = 1
       :: skip                          /* rolled back */
       fi;
       draw(1);
       row[1] = 1
    :: draw(1);
       atomic { row[0] = 1; row[1] = 1 }
    fi
}

proctype Other(byte x) {
    draw(x);
    row[x] = 1
}

inline take(x) {
    inverted = inverted || (x == 1 && row[0] && !taken[0]);
    taken[x] = 1
}

/* Look, TableReader, Lane. */
proctype Relay() {
    byte cursor = 0, upTo = 0, x = 0, n = 0;
    bit page[ROWS], needed = 0;
#define later(a, b) (a > b -> a : b)
#ifdef BUG_ONCE_FOR_A_BACKLOG
    byte horizon = 0, ahead = 0;
#define isKnown(x) (id[x] <= horizon)
#else
#define isKnown(x) false
#endif

end:
    do
    :: last > cursor ->
#ifdef BUG_ONCE_FOR_A_BACKLOG
       atomic {
           ahead = 0;
           do :: x < ROWS -> ahead = (row[x] -> later(ahead, id[x]) : ahead); x++ :: else -> break od;
           x = 0
       };
#endif
       /* the next rows, as many as there are or fewer */
       atomic {
           upTo = cursor + 1;
           do :: upTo < last -> upTo++ :: break od;
           needed = 0; n = cursor;
           do
           :: x < ROWS ->
              page[x] = row[x] && id[x] > cursor && id[x] <= upTo;
              n = (page[x] -> later(n, id[x]) : n);
              needed = needed || (page[x] && ordered(x) && !isKnown(x));
              x++
           :: else -> break
           od;
           x = 0; upTo = 0
       };
#ifdef BUG_NOT_BEHIND
       needed = 0;
#endif
       if
       :: atomic {                      /* when it is needed, and now and then */
              true ->
              do                        /* in the order of their ids: 0 has the lower one */
              :: x < ROWS -> if :: row[x] && id[x] <= cursor && !taken[x] -> take(x) :: else fi; x++
              :: else -> break
              od;
              x = 0
#ifdef BUG_ONCE_FOR_A_BACKLOG
              ; horizon = later(horizon, ahead)
#endif
          }
       :: !needed
       fi;
       atomic {
           do
           :: x < ROWS -> if :: page[x] && !taken[x] -> take(x) :: else fi; page[x] = 0; x++
           :: else -> break
           od;
           x = 0; cursor = n; n = 0; needed = 0
       }
    od
}

init {
    atomic { run Key(); run Other(2); run Other(3); run Relay() }
}
