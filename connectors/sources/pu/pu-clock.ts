/** When a question was asked, by two clocks. */
export interface PuClock {
  /**
   * The moment at which a question was asked, by the earlier of our clock and PU's. PU's is known from the `Date` of the answer; the time that the
   * answer took is taken off, since PU says when it answered.
   *
   * @param date the header; undefined or unreadable: only our clock counts.
   */
  askedAt(sentAt: number, answeredAt: number, date: string | undefined): number;
}

export function createPuClock(
  skewSeconds: number,
  onClockSkew: (seconds: number, isTooLarge: boolean) => void,
): PuClock {
  let wasTooLarge = false;
  return {
    askedAt: (sentAt, answeredAt, date) => {
      const theirs = date === undefined ? Number.NaN : Date.parse(date);
      if (Number.isNaN(theirs)) return sentAt;
      const took = Math.max(0, answeredAt - sentAt);
      // The header has no parts of a second: half of one is its middle. The answer was made somewhere on the way.
      const skew = (theirs + 500 - (sentAt + took / 2)) / 1000;
      const isTooLarge = Math.abs(skew) - took / 2000 > skewSeconds;
      if (isTooLarge || wasTooLarge) onClockSkew(Math.round(skew), isTooLarge);
      wasTooLarge = isTooLarge;
      // Within the header's own second the clocks agree.
      return theirs + 1000 > sentAt ? sentAt : theirs - took;
    },
  };
}
