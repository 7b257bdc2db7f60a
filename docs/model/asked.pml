/*
 * What a connector makes of connect and disconnect of one side: section 4.1 of ../wire-protocol.md with its journal.
 * A caller connects a generation, then disconnects it or replaces it by the next, and so on. What may go wrong: a request
 * that was long under way, or a copy of one, brings back what was disconnected; a crash forgets what was answered.
 *
 * A request is a fact: received at any later time, any number of times. The connector decides, writes, takes it up, answers;
 * between any two of these it may crash, and then it knows what its journal says.
 */

#ifndef GENS
#define GENS 3
#endif
#ifndef CRASHES
#define CRASHES 3
#endif

/* sets of generations: generation g is bit g */
byte connects;          /* asked for */
byte disconnects;
byte wasConnected;      /* answered */
byte wasDisconnected;

byte highest;           /* what the connector knows; 0: nothing */
bit connected;          /* whether it is there, or was disconnected */
byte diskHighest;
bit diskConnected;
byte crashes;

#define has(set, g) (set & (1 << g))
#define put(set, g) set = set | (1 << g)

/* What was answered holds, in memory and on disk. */
inline check() {
    assert(!(connected && has(wasDisconnected, highest)));
    assert(!(diskConnected && has(wasDisconnected, diskHighest)));
    g = 1;
    do
    :: g <= GENS ->
        /* still the newest that anybody asked for, and nobody asked to end it */
        assert(!has(wasConnected, g) || (connects >> (g + 1)) || (disconnects >> g) || (diskConnected && diskHighest == g));
        g++
    :: else -> break
    od;
    g = 0
}

inline write(newHighest, newConnected) {
#ifdef BUG_ANSWERS_FIRST
    skip
#else
#ifdef BUG_NOT_WRITTEN
    if
    :: newConnected -> diskHighest = newHighest; diskConnected = newConnected
    :: else -> diskHighest = 0; diskConnected = 0       /* it is gone: nothing left to write down */
    fi
#else
    diskHighest = newHighest; diskConnected = newConnected
#endif
#endif
}

inline lateWrite(newHighest, newConnected) {
#ifdef BUG_ANSWERS_FIRST
    diskHighest = newHighest; diskConnected = newConnected
#else
    skip
#endif
}

active proctype Caller() {
    byte now = 1;
    do
    :: now <= GENS ->
        atomic { put(connects, now); }
        has(wasConnected, now);
        if
        :: atomic { put(disconnects, now); }
           has(wasDisconnected, now)
        :: skip         /* replaced in place by the next */
        fi;
        now++
    :: else -> break
    od
}

active proctype Connector() {
    byte asked, g;
idle:
    do
    :: atomic { crashes < CRASHES -> crashes++; highest = diskHighest; connected = diskConnected; check() }
    :: atomic {
        connects ->
        select(asked : 1 .. GENS);
        if
        :: !has(connects, asked) -> goto idle
        :: has(connects, asked) && asked < highest -> goto idle                     /* STALE_GENERATION */
#ifndef BUG_TAKES_THE_SAME_AGAIN
        :: has(connects, asked) && asked == highest && !connected -> goto idle      /* STALE_GENERATION */
#endif
        :: has(connects, asked) && asked == highest && connected -> put(wasConnected, asked); check(); goto idle
        :: else
        fi
       }
       atomic { write(asked, 1); check() }
       if
       :: atomic { crashes < CRASHES -> crashes++; highest = diskHighest; connected = diskConnected; check(); goto idle }
       :: atomic { highest = asked; connected = 1; check() }
       fi;
       if
       :: atomic { crashes < CRASHES -> crashes++; highest = diskHighest; connected = diskConnected; check(); goto idle }
       :: atomic { put(wasConnected, asked);
#ifndef BUG_ANSWERS_FIRST
            check()
#endif
          }
       fi;
       lateWrite(asked, 1)
    :: atomic {
        disconnects ->
        select(asked : 1 .. GENS);
        if
        :: !has(disconnects, asked) -> goto idle
        :: has(disconnects, asked) && asked < highest && connected -> goto idle     /* STALE_GENERATION */
        :: has(disconnects, asked) && asked <= highest && !connected -> put(wasDisconnected, asked); check(); goto idle
        :: else
        fi
       }
       atomic { write(asked, 0); check() }
       if
       :: atomic { crashes < CRASHES -> crashes++; highest = diskHighest; connected = diskConnected; check(); goto idle }
       :: atomic { highest = asked; connected = 0; check() }
       fi;
       if
       :: atomic { crashes < CRASHES -> crashes++; highest = diskHighest; connected = diskConnected; check(); goto idle }
       :: atomic { put(wasDisconnected, asked); check() }
       fi;
       lateWrite(asked, 0)
    od
}
