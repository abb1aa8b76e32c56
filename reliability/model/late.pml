/*
 * Three messages without a common key: their transactions draw row ids one after the other and commit in any order, so a row may appear below others
 * that were read, or settled, long ago. One relay, which may be killed.
 *
 * Promised: what has committed is kept, and in the broker's log when nothing more happens.
 */
#ifndef CRASHES
#define CRASHES 1    /* kill -9 */
#endif
#define ROWS 3

byte crashes = CRASHES;
byte id[ROWS], last;           /* 0: none drawn yet */
bit committed[ROWS], row[ROWS], inLog[ROWS];

#define kept(x) (!committed[x] || row[x] || inLog[x])

ltl promise { [] (kept(0) && kept(1) && kept(2)) }

proctype Transaction(byte x) {
    atomic { last++; id[x] = last };
    if
    :: atomic { committed[x] = 1; row[x] = 1 }
    :: skip                             /* rolled back */
    fi
}

/* TableReader, LateRows, Dispatcher, Settler. */
proctype Relay() {
    byte cursor = 0, x = 0, y = 0;
    bit held[ROWS], ok[ROWS];

#define unread(i) (row[i] && !held[i])

end:
    do
       /* forward: the next one above the cursor */
    :: atomic {
           (unread(0) && id[0] > cursor) || (unread(1) && id[1] > cursor) || (unread(2) && id[2] > cursor) ->
           x = ROWS; y = 0;
           do
           :: y < ROWS ->
              if
              :: unread(y) && id[y] > cursor && (x == ROWS || id[y] < id[x]) -> x = y
              :: else
              fi;
              y++
           :: else -> break
           od;
           held[x] = 1; cursor = id[x]; x = 0; y = 0
       }
#ifndef BUG_IDS_AS_CURSOR
       /* behind it: what was committed late */
    :: atomic { unread(0) && id[0] <= cursor -> held[0] = 1 }
    :: atomic { unread(1) && id[1] <= cursor -> held[1] = 1 }
    :: atomic { unread(2) && id[2] <= cursor -> held[2] = 1 }
#endif
    :: atomic { held[0] && !ok[0] -> inLog[0] = 1; ok[0] = 1 }
    :: atomic { held[1] && !ok[1] -> inLog[1] = 1; ok[1] = 1 }
    :: atomic { held[2] && !ok[2] -> inLog[2] = 1; ok[2] = 1 }
       /* settled */
    :: atomic {
           (ok[0] && row[0]) || (ok[1] && row[1]) || (ok[2] && row[2]) ->
           if :: ok[0] && row[0] -> x = 0 :: ok[1] && row[1] -> x = 1 :: ok[2] && row[2] -> x = 2 fi;
#ifdef BUG_SETTLE_BY_RANGE
           y = 0;
           do
           :: y < ROWS -> if :: id[y] <= id[x] && (ok[y] || !held[y]) -> row[y] = 0 :: else fi; y++
           :: else -> break
           od;
           y = 0;
#endif
           row[x] = 0; x = 0
       }
    :: atomic {
           crashes > 0 ->
           crashes--; cursor = 0; held[0] = 0; held[1] = 0; held[2] = 0; ok[0] = 0; ok[1] = 0; ok[2] = 0
       }
    od
}

/* When nothing is left to happen, everything has happened. */
proctype Judge() {
end:
    timeout -> assert((!committed[0] || inLog[0]) && (!committed[1] || inLog[1]) && (!committed[2] || inLog[2]) && !row[0] && !row[1] && !row[2])
}

init {
    atomic { run Transaction(0); run Transaction(1); run Transaction(2); run Relay(); run Judge() }
}
