/** Node options of a worker process: with gigabytes free Node would let its garbage grow, and a worker shall stay under 600 MB. */
export const workerNodeOptions = '--max-old-space-size=384 --max-semi-space-size=4';
