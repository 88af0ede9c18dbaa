{{ withheld_slices(ref('scorecard_slices'), var('cx_min_n')) }}
