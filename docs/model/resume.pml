/*
 * Yield, resume, and yield for good: section 5 of ../wire-protocol.md, "Resume", for one side. Place P1 yields, its
 * successor P2 stays on standby and is disconnected, P1 resumes and sends on; later P1 yields again and P2 (a new
 * standby) is activated. What may go wrong: the far end Q believes an END of a yield that was taken back, closes P1's
 * generation on it, and drops what P1 sent after; and frames that P1 relayed to a standby that never came up are lost.
 *
 * The network is that of move.pml: END and HELLO are facts, received at any later time, any number of times; frames are
 * sets of numbers in flight, received in any order. No bound expires; the underlay loses nothing (move.pml does that).
 */

#ifndef YIELDS
#define YIELDS 3
#endif
#ifndef UPS
#define UPS 3           /* frames from P1 to Q */
#endif
#ifndef DOWNS
#define DOWNS 2         /* frames from Q to side A */
#endif

#define STANDBY 0
#define ACTIVE  1
#define YIELDED 2
#define GONE    3
#define CLOSING 4
#define CLOSED  5

byte p1 = ACTIVE;
byte p2 = STANDBY;
byte yields;

/* P1 to Q; numbers count from 1, number n is bit n - 1 */
byte last;              /* the highest number that P1 used */
byte frames;            /* how many of them were frames */
byte flying;            /* frames in flight */
byte ends;              /* END(n) was sent: bit n */
byte hello;             /* HELLO(h) was sent: bit h */
byte waitsFor;          /* the HELLO that has not been answered; 0: none */

/* Q */
byte peer1 = ACTIVE;    /* what it makes of P1's generation */
byte seen;              /* numbers that came, HELLO's too */
byte top;               /* the highest of them */
bit ended;
byte endNumber;

/* Q to side A, in sets of frames */
byte sent;
byte toP1, toP2;
byte relayed;           /* in flight from P1 to P2 */
byte parked;            /* relayed frames that the standby holds */
byte kept;              /* P1's copies of what it relayed, until END with SUPERSEDED comes */
byte given;             /* to the port of side A, wherever it is active */

inline arrived(n) {
    seen = seen | (1 << ((n) - 1));
    if
    :: (n) > top -> top = n
    :: else
    fi;
#ifndef BUG_END_NOT_VOIDED
    if
    :: ended && (n) > endNumber -> ended = 0
    :: else
    fi
#endif
}

inline give(set) {
    assert(!(given & (set)));
    given = given | (set)
}

inline tryClose() {
    if
    :: peer1 == CLOSING && ended && (seen & ((1 << endNumber) - 1)) == ((1 << endNumber) - 1) ->
        peer1 = CLOSED;
        assert(!flying)                                 /* what comes now would be dropped, and no bound was exceeded */
    :: else
    fi
}

#ifdef BUG_YIELDS_UNANSWERED
#define MAY_YIELD true
#else
#define MAY_YIELD (waitsFor == 0)
#endif

proctype Place1() {
    byte n;
end:
    do
    :: d_step { p1 == ACTIVE && frames < UPS -> last++; frames++; flying = flying | (1 << (last - 1)) }
    :: d_step { p1 == ACTIVE && yields < YIELDS && p2 == STANDBY && MAY_YIELD ->
        yields++;
        p1 = YIELDED;
        ends = ends | (1 << last)
      }
    /* the standby was disconnected, and that was confirmed */
    :: d_step { p1 == YIELDED && p2 == GONE && yields < YIELDS ->
        p1 = ACTIVE;
#ifndef BUG_NO_NUMBER_OF_ITS_OWN
        last++;
#endif
        hello = hello | (1 << last);
        waitsFor = last;
#ifndef BUG_KEEPS_NO_COPY
        give(kept);
#endif
        kept = 0;
        relayed = 0;                                    /* of a generation that is gone */
        p2 = STANDBY                                    /* another move begins */
      }
    /* frames of Q */
    :: d_step { toP1 ->
        n = toP1 & -toP1;
        toP1 = toP1 & ~n;
        if
        :: p1 == ACTIVE -> give(n)
        :: else -> relayed = relayed | n; kept = kept | n
        fi;
        n = 0
      }
    od
}

proctype Place2() {
end:
    do
    :: d_step { p2 == STANDBY && p1 == YIELDED -> p2 = ACTIVE; give(parked); parked = 0 }
    /* it failed before it came up; the next yield must find a last chance */
    :: d_step { p2 == STANDBY && p1 == YIELDED && yields < YIELDS -> p2 = GONE; parked = 0; relayed = 0 }
    :: d_step { relayed && p2 == ACTIVE -> give(relayed); relayed = 0 }
    :: d_step { relayed && p2 == STANDBY -> parked = parked | relayed; relayed = 0 }
    :: d_step { toP2 && p2 == ACTIVE -> give(toP2); toP2 = 0 }
    od
}

#define RECEIVE(k) \
    :: d_step { flying & (1 << (k)) -> flying = flying & ~(1 << (k)); assert(peer1 != CLOSED); arrived((k) + 1); tryClose() }
#define HEAR_HELLO(n) \
    :: d_step { (hello & (1 << (n))) && !(seen & (1 << ((n) - 1))) -> arrived(n); tryClose() } \
    :: d_step { waitsFor == (n) && (seen & (1 << ((n) - 1))) -> waitsFor = 0 }
#define HEAR_END(n) \
    :: d_step { (ends & (1 << (n))) && peer1 != CLOSED && !(ended && endNumber == (n)) && END_COUNTS(n) -> \
        ended = 1; endNumber = n; tryClose() }
#ifdef BUG_END_NOT_VOIDED
#define END_COUNTS(n) (!ended || (n) > endNumber)
#else
#define END_COUNTS(n) ((n) >= top)
#endif

proctype FarEnd() {
end:
    do
    :: d_step { sent < DOWNS ->
        if
        :: peer1 == ACTIVE -> toP1 = toP1 | (1 << sent)
        :: else -> toP2 = toP2 | (1 << sent)
        fi;
        sent++
      }
    /* P2's HELLO */
    :: d_step { p2 == ACTIVE && peer1 == ACTIVE -> peer1 = CLOSING;
#ifdef REACH_FLIP_AFTER_RESUME
        assert(yields == 1 || frames < 2);
#endif
        tryClose()
      }
    RECEIVE(0) RECEIVE(1) RECEIVE(2) RECEIVE(3) RECEIVE(4)
    HEAR_HELLO(1) HEAR_HELLO(2) HEAR_HELLO(3) HEAR_HELLO(4) HEAR_HELLO(5)
    HEAR_END(0) HEAR_END(1) HEAR_END(2) HEAR_END(3) HEAR_END(4) HEAR_END(5)
    od
}

proctype Quiet() {
    timeout ->
    d_step {
        assert(!flying && given == (1 << sent) - 1);
        assert(p2 != ACTIVE || peer1 == CLOSED)
    }
}

init {
    atomic {
        run Place1();
        run Place2();
        run FarEnd();
        run Quiet()
    }
}
