/*
 * The second half of a journey: two messages of one ordering key, from the broker's log to the effect, by two consumers of one FIFO group, and an
 * operator. The log is any that the first half, relay.pml, promises: the first 0 before the first 1, copies anywhere. Every order of steps is
 * explored, within the budgets of faults below.
 *
 * Promised: an effect is applied at most once; what is in the log is kept, until it has its effect or is a dead letter, and has its effect when
 * nothing more happens; the effect of 1 comes after the effect, or the dead letter, of 0. Each BUG_ is a break that has to be found.
 */
#ifndef CRASHES
#define CRASHES 1    /* kill -9 */
#endif
#ifndef SURFACINGS
#define SURFACINGS 1 /* an invisible time that ends while a message is handled */
#endif
#ifndef FAILURES
#define FAILURES 1   /* a handler that throws, or that swallows what has rolled its transaction back */
#endif
#ifndef LOG
#define LOG 4
#endif
#define NOBODY 2

byte crashes = CRASHES, surfacings = SURFACINGS, failures = FAILURES;

/* the broker: one FIFO queue */
byte log[LOG], stored;
bit acked[LOG], sent[2];
byte taken = NOBODY;           /* the queue is locked while a batch of it is invisible */
byte firstOpen;

/* the database */
bit record[2], dead[2], buried[2], aged[2];
byte effect[2];
bit overtaken;

#define open(i, m) (stored > i && log[i] == m && !acked[i])
#define inLog(m) (open(0, m) || open(1, m) || open(2, m) || open(3, m))
#define kept(m) (!sent[m] || inLog(m) || effect[m] > 0 || dead[m])

ltl promise { [] (kept(0) && kept(1) && effect[0] <= 1 && effect[1] <= 1 && !overtaken) }

proctype Relay() {
    byte m;
    do
    :: stored < LOG ->
       atomic {
           if :: m = 0 :: sent[0] -> m = 1 :: else -> m = 0 fi;
           log[stored] = m; sent[m] = 1; stored++; m = 0
       }
    :: break
    od
}

/* A container: PollLoop, BatchRunner, IdempotentProcessing, EffectTransaction, Undertaker. */
proctype Consumer(byte me) {
    byte i = 0, to = 0;
    bit seen = 0;

#define letGo if :: taken == me -> taken = NOBODY :: else fi; i = 0; to = 0; seen = 0
#define m log[i]
#define acknowledge acked[i] = 1; \
        do :: firstOpen < stored && acked[firstOpen] -> firstOpen++ :: else -> break od
#define effectOf(x) effect[x]++; overtaken = overtaken || (x == 1 && effect[0] == 0 && !dead[0])

end:
    do
    :: atomic {
           taken == NOBODY && firstOpen < stored ->
           taken = me; i = firstOpen; to = (firstOpen + 2 > stored -> stored : firstOpen + 2)
       };
       do
       :: i == to -> atomic { letGo; break }
       :: i < to ->
#ifdef BUG_ACK_FIRST
          acknowledge;
#endif
          if
          :: atomic { crashes > 0 -> crashes--; letGo; break }
          :: atomic { failures > 0 && !record[m] && !aged[m] -> failures--; letGo; break }    /* what follows is handed back, too */
#ifdef BUG_BURY_AFTER_ACK
          :: failures > 0 && !record[m] && !aged[m] -> acknowledge;
             if
             :: atomic { crashes > 0 -> crashes--; letGo; break }
             :: atomic { failures--; record[m] = 1; dead[m] = 1 }
             fi
#else
          :: atomic { failures > 0 && !record[m] && !aged[m] -> failures--; record[m] = 1; dead[m] = 1 }
#endif
#ifdef BUG_DEDUP_OUTSIDE
          :: seen = record[m];
             atomic { if :: !seen && !aged[m] -> effectOf(m) :: else fi; seen = 0 };
             if
             :: atomic { crashes > 0 -> crashes--; letGo; break }
             :: record[m] = 1
             fi
#else
          :: atomic { if :: !record[m] && !aged[m] -> record[m] = 1; effectOf(m) :: else fi }
#endif
#ifdef BUG_NO_SENTINEL
          :: atomic { failures > 0 && !record[m] -> failures--; effectOf(m) }                 /* rolled back before the effect */
          :: atomic { failures > 0 && !record[m] -> failures-- }                              /* and after it */
#endif
          fi;
          if
          :: atomic { crashes > 0 -> crashes--; letGo; break }
          :: atomic { acknowledge; i++ }
          fi
       od
    od
#undef m
}

/* The invisible time may end while a batch is handled: the queue is delivered again. */
proctype Surfacings() {
end:
    do
    :: atomic { surfacings > 0 && taken != NOBODY -> surfacings--; taken = NOBODY }
    od
}

/* After the dedup window: from then on the message is too old to be handled. */
proctype Purge() {
end:
    do
    :: atomic { record[0] && !dead[0] && !aged[0] -> record[0] = 0
#ifndef BUG_EARLY_PURGE
           ; aged[0] = 1
#endif
       ; break }
    od
}

/* Replays dead letters, each once. */
proctype Operator() {
end:
    do
    :: atomic { dead[0] -> dead[0] = 0; effect[0]++ }
    :: atomic { dead[1] -> dead[1] = 0; effect[1]++ }
    od
}

/* When nothing is left to happen, everything has happened. */
proctype Judge() {
end:
    timeout -> assert((!sent[0] || effect[0] == 1) && (!sent[1] || effect[1] == 1))
}

init {
    atomic { run Relay(); run Consumer(0); run Consumer(1); run Surfacings(); run Purge(); run Operator(); run Judge() }
}
