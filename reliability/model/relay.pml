/*
 * The first half of a journey: two messages of one ordering key, from the business transaction to the broker's log, by two relays that share
 * one lane, and an operator. Every order of steps is explored, within the budgets of faults below. The second half is consumer.pml.
 *
 * A step is what one process does without anybody being able to see half of it: a database transaction, a check of the local clock, one
 * message on its way. Whatever lies between two steps may take for ever (SIGSTOP, garbage collection, a slow network).
 *
 * Promised: a message is in the log only if its transaction has committed; what has committed is kept, and in the log when nothing more happens;
 * the first 0 in the log is before the first 1; and nothing is parked before the broker has refused it: what is unknown is sent again. Each BUG_ is a break that has to be found, see the script "check".
 */
#ifndef LAPSES
#define LAPSES 1     /* a lease that ends: its process was stopped, or does not reach the database */
#endif
#ifndef CRASHES
#define CRASHES 1    /* kill -9 */
#endif
#ifndef LOST
#define LOST 1       /* a send without an answer: not stored, stored, or stored later */
#endif
#define NOBODY 2
#define NONE 2

byte lapses = LAPSES, crashes = CRASHES, lost = LOST;

/* the database: rows of the lane, parked rows, the lane's owner, the registered nodes */
bit committed[2], row[2], parked[2];
byte owner = NOBODY, epoch;
bit registered[2];

/* memory of the relays that more than one of their threads touches */
bit alive[2];                  /* the local deadline, which ends before the lease in the database does */
byte unheard[2];               /* how often the keeper has found the lanes lost without the loop knowing it yet */
bit fresh[2];                  /* a process that was killed and has not joined again */
chan post[2] = [6] of { byte };

/* the broker */
bit refusing;                  /* message 0, from some time on, perhaps after an answer was lost; until an operator has mended it */
bit refused;                   /* it was, once */
bit inLog[2];
bit inverted;
byte late[2];                  /* requests that nobody waits for any more and that may still arrive */

#define kept(m) (!committed[m] || row[m] || parked[m] || inLog[m])
#define real(m) (!inLog[m] || committed[m])

#define rightlyParked (refused || (!parked[0] && !parked[1]))

ltl promise { [] (kept(0) && kept(1) && real(0) && real(1) && !inverted && rightlyParked) }

inline append(x) {
    inverted = inverted || (x == 1 && committed[0] && !inLog[0]);
    inLog[x] = 1
}

inline lowestParked(result) {
    result = (parked[0] -> 0 : (parked[1] -> 1 : NONE))
}

/* Transactions of one key come one after the other: that is what the business serialises. */
proctype Business() {
    byte m = 0;
    do
    :: m < 2 ->
#ifdef BUG_SEND_BEFORE_COMMIT
        atomic { append(m) };
#endif
        if
        :: atomic { committed[m] = 1; row[m] = 1; m++ }
        :: m++                          /* rolled back, or died */
        fi
    :: else -> break
    od
}

/* Keeps the lease, takes the lane, frees it from the dead: LaneKeeper, Membership, LaneStore. */
proctype Keeper(byte me) {
end:
    do
    :: atomic { registered[me] && !alive[me] && !fresh[me] -> alive[me] = 1 }      /* a heartbeat in time after all */
    :: atomic { !registered[me] && fresh[me] -> fresh[me] = 0; registered[me] = 1; alive[me] = 1 }
    :: atomic { !registered[me] && !fresh[me] && nfull(post[me]) -> unheard[me]++; post[me]!0 };
       atomic {
           if
           :: fresh[me]                                                            /* killed meanwhile */
           :: else -> registered[me] = 1; alive[me] = 1
           fi
       }
    :: atomic { registered[me] && alive[me] && owner == NOBODY && nfull(post[me]) -> owner = me; epoch++; post[me]!epoch }
    :: atomic {
           registered[1 - me] && !alive[1 - me] ->
           registered[1 - me] = 0;
           if
           :: owner == 1 - me -> owner = NOBODY; epoch++
           :: else
           fi
       }
    od
}

proctype Lapses() {
end:
    do
    :: atomic { lapses > 0 && alive[0] && owner == 0 -> lapses--; alive[0] = 0 }
    :: atomic { lapses > 0 && alive[1] && owner == 1 -> lapses--; alive[1] = 0 }
    od
}

/* The relay's loop with its reader and its settler: RelayLoop, TableReader, Intake, Dispatcher, Parking, Settler. */
proctype Loop(byte me) {
    byte mine = 0, told = 0, blocked = NONE, now = NONE, m = 0;
    bit loaded = 0, page = 0;
    bit read[2], held[2], ok[2];

#define waiting(x) (held[x] && !ok[x])
#define claimed (owner == me && epoch == mine)
#ifdef BUG_NO_FENCE
#define maySend (1)
#else
#ifdef BUG_REJOIN_UNHEARD
#define maySend (alive[me])
#else
#define maySend (alive[me] && unheard[me] == 0)
#endif
#endif
#define forget mine = 0; told = 0; blocked = NONE; now = NONE; m = 0; loaded = 0; page = 0; \
        read[0] = 0; read[1] = 0; held[0] = 0; held[1] = 0; ok[0] = 0; ok[1] = 0
#define die crashes--; forget; alive[me] = 0; unheard[me] = 0; fresh[me] = 1; \
        do :: post[me]?told :: empty(post[me]) -> break od; told = 0

end:
    do
    :: atomic {
           post[me]?told ->
           if
           :: told != mine -> mine = told; loaded = 0; page = 0; read[0] = 0; read[1] = 0;
              held[0] = held[0] && ok[0]; held[1] = held[1] && ok[1]
           :: else
           fi;
           if
           :: told == 0 ->
#ifdef BUG_HEARD_ONCE
              unheard[me] = 0
#else
              unheard[me]--
#endif
           :: else
           fi;
           told = 0
       }
    :: atomic { mine > 0 && !loaded -> lowestParked(blocked); loaded = 1 }

       /* a page, read from the lane's start: who was put back comes first */
    :: atomic {
           loaded && !page && ((row[0] && !held[0]) || (row[1] && !held[1])) ->
           read[0] = row[0] && !held[0]; read[1] = row[1] && !held[1]; page = 1
       }
       /* and taken in when it is out of date, perhaps */
    :: atomic {
           page ->
           if
           :: (read[0] && blocked == 0) || (read[1] && blocked <= 1) ->
              lowestParked(now);
              if
              :: now > blocked -> blocked = now                        /* released: read again from the start */
              :: else ->
                 blocked = now;
                 if
                 :: claimed ->
                    if :: read[0] && row[0] && now == 0 -> row[0] = 0; parked[0] = 1 :: else fi;
                    if :: read[1] && row[1] -> row[1] = 0; parked[1] = 1 :: else fi
                 :: else
                 fi
              fi;
              now = NONE
           :: else -> held[0] = held[0] || read[0]; held[1] = held[1] || read[1]
           fi;
           read[0] = 0; read[1] = 0; page = 0
       }

       /* the lease is asked before each send ... */
    :: atomic {
#ifdef BUG_NEXT_BEFORE_STORED
           mine > 0 && maySend && (waiting(0) || waiting(1)) ->
           if :: waiting(0) -> m = 0 :: waiting(1) -> m = 1 fi
#else
           mine > 0 && maySend && (waiting(0) || waiting(1)) -> m = (waiting(0) -> 0 : 1)
#endif
#ifdef BUG_SETTLE_BEFORE_SEND
           ; row[m] = 0
#endif
       };
       /* ... and may have ended when the message leaves */
       if
       :: atomic { crashes > 0 -> die }
       :: atomic { m == 0 && refusing -> skip };
          atomic {
              if
              :: claimed ->
                 if :: row[0] -> row[0] = 0; parked[0] = 1; blocked = 0 :: else fi;
                 if :: held[1] && row[1] -> row[1] = 0; parked[1] = 1 :: else fi
              :: else
              fi;
              held[0] = 0; held[1] = 0; m = 0
          }
       :: atomic { !(m == 0 && refusing) -> append(m); ok[m] = 1; m = 0 }
       :: atomic { !(m == 0 && refusing) && lost > 0 -> lost--; append(m); m = 0 }
       :: atomic { !(m == 0 && refusing) && lost > 0 -> lost--; late[m]++; m = 0 }
       :: atomic {
              lost > 0 -> lost--;
#ifdef BUG_PARK_UNKNOWN
              if :: claimed && row[m] -> row[m] = 0; parked[m] = 1; blocked = m :: else fi;
              held[m] = 0;
#endif
              m = 0
          }
       fi

       /* settled by reference, whoever owns the lane by now */
    :: atomic { ok[0] -> row[0] = 0; ok[0] = 0; held[0] = 0 }
    :: atomic { ok[1] -> row[1] = 0; ok[1] = 0; held[1] = 0 }
    :: atomic { crashes > 0 && (mine > 0 || ok[0] || ok[1]) -> die }
    od
}

/* Somebody takes a permission away, or the topic. */
proctype Refusal() {
    if
    :: atomic { refusing = 1; refused = 1 }
    :: skip
    fi
}

/* What was given up on arrives. */
proctype Network() {
end:
    do
    :: atomic { late[0] > 0 && !refusing -> late[0]--; append(0) }
    :: atomic { late[1] > 0 -> late[1]--; append(1) }
    od
}

/* Mends what was refused, and releases it; at any time. */
proctype Operator() {
end:
    do
    :: atomic { refusing && (parked[0] || parked[1]) -> refusing = 0 }
    :: atomic {
           !refusing && (parked[0] || parked[1]) ->
           if :: parked[0] -> parked[0] = 0; row[0] = 1 :: else fi;
           if :: parked[1] -> parked[1] = 0; row[1] = 1 :: else fi
       }
    od
}

/* When nothing is left to happen, everything has happened. */
proctype Judge() {
end:
    timeout -> assert((!committed[0] || inLog[0]) && (!committed[1] || inLog[1]) && !row[0] && !row[1] && !parked[0] && !parked[1])
}

init {
    atomic {
        registered[0] = 1; alive[0] = 1; registered[1] = 1; alive[1] = 1;
        run Business(); run Keeper(0); run Keeper(1); run Lapses(); run Loop(0); run Loop(1); run Refusal(); run Network(); run Operator();
        run Judge()
    }
}
