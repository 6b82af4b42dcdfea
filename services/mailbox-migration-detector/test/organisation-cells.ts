import type { Cells } from "./cells.ts";

/** What every input does to an organisation with its clusters and batches, in words. */
export const organisationCells: Cells<"organisation"> = {
  "without clusters": {
    "a cluster is described": "becomes north 0+0; tells c-north green",
    "a cluster is taken away": "becomes an organisation",
    "a user wants a cluster": "becomes an organisation; posts clusterRefused",
    "a user of the cluster asks again": "becomes an organisation; posts clusterRefused",
    "a user of another group wants one": "becomes an organisation; posts clusterRefused",
    "a user leaves its cluster": "becomes an organisation",
    "a move is noticed": "becomes toCloud 1/0; tells batch 1, 1/0",
    "a move is complete": "becomes toCloud 0/1; tells batch 1, 0/1",
    "its timer fires": "becomes an organisation",
  },
  "with room": {
    "a cluster is described": "stays north 0+0, lab 0+0; tells c-north green",
    "a cluster is taken away": "becomes lab 0+0; tells c-north gone",
    "a user wants a cluster": "becomes north 0+1, lab 0+0; posts clusterChosen; tells c-north green",
    "a user of another group wants one": "stays north 0+0, lab 0+0; posts clusterRefused",
    "a user leaves its cluster": "stays north 0+0, lab 0+0; tells c-north green",
    "a move is noticed": "becomes north 0+0, lab 0+0, toCloud 1/0; tells batch 1, 1/0",
    "a move is complete": "becomes north 0+0, lab 0+0, toCloud 0/1; tells batch 1, 0/1",
  },
  "with one user in a cluster": {
    "a cluster is described": "stays north 0+1, lab 0+0; tells c-north green",
    "a cluster is taken away": "becomes north (gone) 0+1, lab 0+0; tells c-north gone",
    "a user wants a cluster": "becomes north 0+2, lab 0+0; posts clusterChosen; tells c-north red",
    "a user of another group wants one": "stays north 0+1, lab 0+0; posts clusterRefused",
    "a user leaves its cluster": "becomes north 0+0, lab 0+0; tells c-north green",
    "a move is noticed": "becomes north 0+1, lab 0+0, toCloud 1/0; tells batch 1, 1/0",
    "a move is complete": "becomes north 0+1, lab 0+0, toCloud 0/1; tells batch 1, 0/1",
  },
  "whose clusters are full": {
    "a cluster is described": "stays north 0+1, lab 0+0; tells c-north green",
    "a cluster is taken away": "becomes north (gone) 0+1, lab 0+0; tells c-north gone",
    "a user wants a cluster": "stays north 0+1, lab 0+0; posts clusterRefused",
    "a user of another group wants one": "stays north 0+1, lab 0+0; posts clusterRefused",
    "a user leaves its cluster": "becomes north 0+0, lab 0+0; tells c-north green",
    "a move is noticed": "becomes north 0+1, lab 0+0, toCloud 1/0; tells batch 1, 1/0",
    "a move is complete": "becomes north 0+1, lab 0+0, toCloud 0/1; tells batch 1, 0/1",
  },
  "whose cluster is out of service": {
    "a cluster is described": "stays north 0+1, lab 0+0; tells c-north green",
    "a cluster is taken away": "becomes north (gone) 0+1, lab 0+0; tells c-north gone",
    "a user wants a cluster": "stays north 0+1, lab 0+0; posts clusterRefused",
    "a user of the cluster asks again": "stays north 0+1, lab 0+0; posts clusterRefused",
    "a user of another group wants one": "stays north 0+1, lab 0+0; posts clusterRefused",
    "a user leaves its cluster": "becomes north 0+0, lab 0+0; tells c-north green",
    "a move is noticed": "becomes north 0+1, lab 0+0, toCloud 1/0; tells batch 1, 1/0",
    "a move is complete": "becomes north 0+1, lab 0+0, toCloud 0/1; tells batch 1, 0/1",
  },
  "whose cluster is gone, but for its users": {
    "a cluster is described": "becomes north 0+1, lab 0+0; tells c-north green",
    "a user wants a cluster": "stays north (gone) 0+1, lab 0+0; posts clusterRefused",
    "a user of the cluster asks again": "stays north (gone) 0+1, lab 0+0; posts clusterRefused",
    "a user of another group wants one": "stays north (gone) 0+1, lab 0+0; posts clusterRefused",
    "a user leaves its cluster": "becomes lab 0+0",
    "a move is noticed": "becomes north (gone) 0+1, lab 0+0, toCloud 1/0; tells batch 1, 1/0",
    "a move is complete": "becomes north (gone) 0+1, lab 0+0, toCloud 0/1; tells batch 1, 0/1",
  },
  "with a batch that was told": {
    "a cluster is described": "stays north 0+0, lab 0+0, toCloud 1/0; tells c-north green",
    "a cluster is taken away": "becomes lab 0+0, toCloud 1/0; tells c-north gone",
    "a user wants a cluster":
      "becomes north 0+1, lab 0+0, toCloud 1/0; posts clusterChosen; tells c-north green",
    "a user of another group wants one": "stays north 0+0, lab 0+0, toCloud 1/0; posts clusterRefused",
    "a user leaves its cluster": "stays north 0+0, lab 0+0, toCloud 1/0; tells c-north green",
    "a move is noticed": "becomes north 0+0, lab 0+0, toCloud 2/0",
    "a move is complete": "becomes north 0+0, lab 0+0, toCloud 1/1",
  },
  "with a batch that has grown": {
    "a cluster is described": "stays north 0+0, lab 0+0, toCloud 2/0; tells c-north green",
    "a cluster is taken away": "becomes lab 0+0, toCloud 2/0; tells c-north gone",
    "a user wants a cluster":
      "becomes north 0+1, lab 0+0, toCloud 2/0; posts clusterChosen; tells c-north green",
    "a user of another group wants one": "stays north 0+0, lab 0+0, toCloud 2/0; posts clusterRefused",
    "a user leaves its cluster": "stays north 0+0, lab 0+0, toCloud 2/0; tells c-north green",
    "a move is noticed": "becomes north 0+0, lab 0+0, toCloud 3/0",
    "a move is complete": "becomes north 0+0, lab 0+0, toCloud 2/1",
  },
  "with a batch that may be told again": {
    "a cluster is described":
      "stays north 0+0, lab 0+0, toCloud 2/0; tells c-north green; tells batch 1, 2/0",
    "a cluster is taken away": "becomes lab 0+0, toCloud 2/0; tells c-north gone; tells batch 1, 2/0",
    "a user wants a cluster":
      "becomes north 0+1, lab 0+0, toCloud 2/0; posts clusterChosen; tells c-north green; tells batch 1, 2/0",
    "a user of the cluster asks again": "stays north 0+0, lab 0+0, toCloud 2/0; tells batch 1, 2/0",
    "a user of another group wants one":
      "stays north 0+0, lab 0+0, toCloud 2/0; posts clusterRefused; tells batch 1, 2/0",
    "a user leaves its cluster":
      "stays north 0+0, lab 0+0, toCloud 2/0; tells c-north green; tells batch 1, 2/0",
    "a move is noticed": "becomes north 0+0, lab 0+0, toCloud 3/0; tells batch 1, 3/0",
    "a move is complete": "becomes north 0+0, lab 0+0, toCloud 2/1; tells batch 1, 2/1",
    "its timer fires": "stays north 0+0, lab 0+0, toCloud 2/0; tells batch 1, 2/0",
  },
  "with a batch that is over": {
    "a cluster is described":
      "stays north 0+0, lab 0+0, toCloud 1/1; tells c-north green; tells batch 1, 1/1",
    "a cluster is taken away": "becomes lab 0+0, toCloud 1/1; tells c-north gone; tells batch 1, 1/1",
    "a user wants a cluster":
      "becomes north 0+1, lab 0+0, toCloud 1/1; posts clusterChosen; tells c-north green; tells batch 1, 1/1",
    "a user of the cluster asks again": "stays north 0+0, lab 0+0, toCloud 1/1; tells batch 1, 1/1",
    "a user of another group wants one":
      "stays north 0+0, lab 0+0, toCloud 1/1; posts clusterRefused; tells batch 1, 1/1",
    "a user leaves its cluster":
      "stays north 0+0, lab 0+0, toCloud 1/1; tells c-north green; tells batch 1, 1/1",
    "a move is noticed": "becomes north 0+0, lab 0+0, toCloud 2/1; tells batch 1, 2/1",
    "a move is complete": "becomes north 0+0, lab 0+0, toCloud 1/2; tells batch 1, 1/2",
    "its timer fires": "stays north 0+0, lab 0+0, toCloud 1/1; tells batch 1, 1/1",
  },
};
