{#
    Select statement: the upper tail of the chi-square distribution, one row per key.
    Formula: Q(df/2, x/2) by the exact finite sum over i = df - 2, df - 4, ... >= 0 of
    (x/2)^(i/2) exp(-x/2) / gamma(i/2 + 1), and for odd df 2 (1 - cdf(sqrt(x))) besides
    (Abramowitz and Stegun 26.4.4 and 26.4.5). All terms are positive: nothing cancels.
    Range: whole df of 1 to 2,000, NULL outside. Error: relative, rounding for even df, below 1.3e-7
    for odd df (normal_p_value), as long as the value is above 1e-300.

    relation: one row per keys; statistic, df: columns. Columns: keys, p_value
#}
{% macro chi_square_tails(relation, keys, statistic='chi_square', df='df', p_value='p_value') %}
    with chi_square_terms as (
        select
            i,
            sum(case when i > 0 then ln(i / 2e0) else 0e0 end) over (
                partition by i % 2 order by i
                rows between unbounded preceding and current row
            ) + (i % 2) * 0.5723649429247001e0 as log_gamma
        from (select cast(id as int) as i from range(0, 1999) as r(id)) as numbers
    ),

    chi_square_sums as (
        select
            {%- for name in keys %}
            tested.{{ name }},
            {%- endfor %}
            max(tested.{{ statistic }}) as x,
            max(tested.{{ df }}) as df,
            sum(exp(
                terms.i / 2e0
                * ln(case when tested.{{ statistic }} > 0 then tested.{{ statistic }} / 2e0 end)
                - tested.{{ statistic }} / 2e0 - terms.log_gamma
            )) as finite_sum
        from {{ relation }} as tested
        left join chi_square_terms as terms
            on
                tested.{{ statistic }} > 0
                and tested.{{ df }} % 2 = terms.i % 2
                and terms.i <= tested.{{ df }} - 2
        group by {% for name in keys %}tested.{{ name }}{{ ", " if not loop.last }}{% endfor %}
    )

    select
        {%- for name in keys %}
        {{ name }},
        {%- endfor %}
        case
            when df between 1 and 2000 and x <= 0 then 1e0
            when df between 1 and 2000
                then least(1e0, coalesce(finite_sum, 0)
                    + case when df % 2 = 1 then {{ normal_p_value('sqrt(x)') }} else 0e0 end)
        end as {{ p_value }}
    from chi_square_sums
{%- endmacro %}


{#
    Standard normal statistic with (almost) the two-sided p-value of Student's t; take
    normal_p_value of it.
    Formula: Hill 1970 (CACM algorithm 395), from y = (df - 1/2) ln(1 + t^2 / df), see student_y.
    Range: df >= 3, real. Error of the p-value: relative, below 0.2 % at df 3, 1e-5 from df 7 on
    down to p = 0.005; below 1 % from df 7 on down to p = 1e-7.
    y: a column that holds student_y(t, df)
#}
{% macro student_z(y, df) %}
    {%- set a = '(' ~ df ~ ' - 0.5e0)' -%}
    {%- set b = '(48e0 * ' ~ a ~ ' * ' ~ a ~ ')' -%}
    (sqrt({{ y }}) * (1e0 + ({{ y }} + 3e0
        + (((-0.4e0 * {{ y }} - 3.3e0) * {{ y }} - 24e0) * {{ y }} - 85.5e0)
        / (0.8e0 * {{ y }} * {{ y }} + 100e0 + {{ b }})) / {{ b }}))
{%- endmacro %}


{% macro student_y(t, df) %}
    ((({{ df }}) - 0.5e0) * ln(1e0 + ({{ t }}) * ({{ t }}) / ({{ df }})))
{%- endmacro %}


{#
    Select statement: rows of a histogram with the bin (0 ... bins - 1) of their value, by quantiles
    of the reference.
    The bins' edges are the reference's k/10 quantiles, interpolated (Hyndman and Fan 7, as NumPy's);
    a value that equals an edge lies below it, and the first and last bin are open. Where ties make
    edges equal, the bins between them stay empty and there are fewer. Without a reference all is bin 0.

    relation: rows of keys, value and count of the histograms to bin (any further columns are kept)
    reference: rows of keys, value and count of the reference; several rows of one value add up
#}
{% macro reference_bins(relation, reference, keys, value='value', count='n', bins=10) %}
    with bins_counted as (
        select
            {%- for name in keys %}
            {{ name }},
            {%- endfor %}
            {{ value }},
            cast(sum({{ count }}) as double) as bins_n
        from {{ reference }}
        where {{ value }} is not null
        group by {{ (keys + [value]) | join(', ') }}
    ),

    bins_cumulated as (
        select
            bins_counted.*,
            sum(bins_n) over ({{ partition_by(keys) }} order by {{ value }}) as bins_up_to,
            sum(bins_n) over ({{ partition_by(keys) }}) as bins_total
        from bins_counted
    ),

    bins_edges as (
        select
            {%- for name in keys %}
            {{ name }},
            {%- endfor %}
            {%- for k in range(1, bins) %}
            {%- set position = '((bins_total - 1) * ' ~ k ~ ' / ' ~ bins ~ 'e0)' %}
            {%- set low = 'min(case when bins_up_to > floor(' ~ position ~ ') then '
                ~ value ~ ' end)' %}
            {%- set high = 'min(case when bins_up_to > floor(' ~ position ~ ') + 1 then '
                ~ value ~ ' end)' %}
            {{ low }} + max({{ position }} - floor({{ position }}))
            * (coalesce({{ high }}, {{ low }}) - {{ low }}) as edge_{{ k }}{{ "," if not loop.last }}
            {%- endfor %}
        from bins_cumulated
        group by {{ keys | join(', ') }}
    )

    select
        histogram.*,
        {%- for k in range(1, bins) %}
        case when histogram.{{ value }} > edges.edge_{{ k }} then 1 else 0 end
        {{- " +" if not loop.last }}
        {%- endfor %} as bin
    from {{ relation }} as histogram
    left join bins_edges as edges
        on
            {%- for name in keys %}
            {{ "and " if not loop.first }}histogram.{{ name }} = edges.{{ name }}
            {%- endfor %}
{%- endmacro %}


{#
    Select statement: how far two histograms over the same cells (bins or categories) lie apart, one
    row per keys.

    psi         sum (q - p) ln(q / p), shares of the counts plus `smoothing` in each cell that either
                side fills (population stability index; Kullback's J divergence)
    js_distance square root of the Jensen-Shannon divergence, natural logarithm, no smoothing
    chi_square  Pearson's statistic of homogeneity, df = cells - 1
    psi_chi_square  psi / (1/n + 1/m): chi-square with the same df where nothing changed
    l_infinity  largest difference of shares
    hellinger   sqrt(sum (sqrt q - sqrt p)^2) / sqrt(2)
    Also reference_n, current_n and cells. NULL where a side is empty. Error: rounding only.

    relation: rows of keys, one per cell, with the counts of both sides
#}
{% macro cell_distances(
    relation, keys, reference='reference_n', current='current_n', smoothing=0.5
) %}
    {%- set p = '((reference_count + ' ~ smoothing ~ ') / (n + ' ~ smoothing ~ ' * cells))' %}
    {%- set q = '((current_count + ' ~ smoothing ~ ') / (m + ' ~ smoothing ~ ' * cells))' %}
    with distance_cells as (
        select
            {%- for name in keys %}
            {{ name }},
            {%- endfor %}
            cast({{ reference }} as double) as reference_count,
            cast({{ current }} as double) as current_count,
            cast(sum({{ reference }}) over ({{ partition_by(keys) }}) as double) as n,
            cast(sum({{ current }}) over ({{ partition_by(keys) }}) as double) as m,
            cast(count(*) over ({{ partition_by(keys) }}) as double) as cells
        from {{ relation }}
        where {{ reference }} + {{ current }} > 0
    ),

    distance_shares as (
        select
            distance_cells.*,
            reference_count / nullif(n, 0) as p,
            current_count / nullif(m, 0) as q,
            (reference_count / nullif(n, 0) + current_count / nullif(m, 0)) / 2 as middle
        from distance_cells
    ),

    distance_sums as (
        select
            {%- for name in keys %}
            {{ name }},
            {%- endfor %}
            max(n) as n,
            max(m) as m,
            max(cells) as cells,
            sum(({{ q }} - {{ p }}) * ln({{ q }} / {{ p }})) as psi,
            sum(
                case when p > 0 then p * ln(p / middle) else 0e0 end
                + case when q > 0 then q * ln(q / middle) else 0e0 end
            ) / 2 as divergence,
            sum((p - q) * (p - q) / (reference_count + current_count)) as difference,
            max(abs(p - q)) as l_infinity,
            sum((sqrt(p) - sqrt(q)) * (sqrt(p) - sqrt(q))) as roots
        from distance_shares
        group by {{ keys | join(', ') }}
    )

    select
        {%- for name in keys %}
        {{ name }},
        {%- endfor %}
        cast(n as bigint) as reference_n,
        cast(m as bigint) as current_n,
        cast(cells as int) as cells,
        cast(cells as int) - 1 as df,
        case when n > 0 and m > 0 then psi end as psi,
        case when n > 0 and m > 0 then psi / (1 / n + 1 / m) end as psi_chi_square,
        case when n > 0 and m > 0 then sqrt(greatest(0e0, divergence)) end as js_distance,
        n * m * difference as chi_square,
        l_infinity,
        sqrt(roots / 2) as hellinger
    from distance_sums
{%- endmacro %}


{#
    Select statement: Kolmogorov-Smirnov statistic (largest distance of the two distribution
    functions, 0 to 1) and first Wasserstein distance (area between them, in units of the value) of
    two histograms of one number, one row per keys. NULL where a side is empty. Error: rounding, and
    where values were rounded into the histogram, at most that for the Wasserstein distance.

    relation: rows of keys and value with the counts of both sides; several rows of a value add up
#}
{% macro distribution_distances(
    relation, keys, value='value', reference='reference_n', current='current_n'
) %}
    with distance_steps as (
        select
            {%- for name in keys %}
            {{ name }},
            {%- endfor %}
            {{ value }},
            cast(sum({{ reference }}) as double) as n,
            cast(sum({{ current }}) as double) as m
        from {{ relation }}
        where {{ value }} is not null
        group by {{ (keys + [value]) | join(', ') }}
    ),

    distance_functions as (
        select
            distance_steps.*,
            lead({{ value }}) over ({{ partition_by(keys) }} order by {{ value }})
            - {{ value }} as step,
            abs(
                sum(n) over ({{ partition_by(keys) }} order by {{ value }})
                / nullif(sum(n) over ({{ partition_by(keys) }}), 0)
                - sum(m) over ({{ partition_by(keys) }} order by {{ value }})
                / nullif(sum(m) over ({{ partition_by(keys) }}), 0)
            ) as gap
        from distance_steps
    )

    select
        {%- for name in keys %}
        {{ name }},
        {%- endfor %}
        max(gap) as ks_statistic,
        case when max(gap) is not null then coalesce(sum(gap * step), 0) end as wasserstein
    from distance_functions
    group by {{ keys | join(', ') }}
{%- endmacro %}


{#
    Chance of a Kolmogorov-Smirnov statistic of two samples as large where nothing changed.
    Formula: Kolmogorov's distribution at l = sqrt(e) d, e = n m / (n + m), by the theta series that
    converges at once on its side of 1.18. Error of the series: rounding. It is the limit for large
    samples; below it is rather too large, and so it is where values repeat. NULL for NULL or e = 0.

    statistic: d, 0 to 1; size: e, less where units are not independent
#}
{% macro ks_p_value(statistic, size) %}
    {%- set scaled = '(sqrt(' ~ size ~ ') * ' ~ statistic ~ ')' %}
    {%- set far = 'exp(-2e0 * power(' ~ scaled ~ ', 2))' %}
    {%- set near = 'exp(-1.2337005501361697e0 / power(nullif(' ~ scaled ~ ', 0), 2))' -%}
    case
        when not {{ size }} > 0 then null
        when {{ scaled }} = 0 then 1e0
        when {{ scaled }} < 1.18e0
            then 1e0 - 2.5066282746310002e0 / {{ scaled }} * (
                {{ near }} + power({{ near }}, 9) + power({{ near }}, 25) + power({{ near }}, 49)
            )
        else 2e0 * ({{ far }} - power({{ far }}, 4) + power({{ far }}, 9))
    end
{%- endmacro %}


{#
    Select statement: how much more the weeks of a baseline differ in their mix than counts of
    independent units would, one row per keys: Pearson's statistic of homogeneity of the weeks over
    its degrees of freedom (weeks - 1) (cells - 1), never below 1. A chi-square statistic is divided
    by it (first-order correction of Rao and Scott 1981).

    relation: rows of keys, week, cell and count; several rows of one cell add up
#}
{% macro mix_dispersion(relation, keys, week='week_starts_on', cell='cell', count='n') %}
    select
        {%- for name in keys %}
        {{ name }},
        {%- endfor %}
        greatest(1e0, coalesce(
            (sum(cell_n * cell_n / (week_total * cell_total)) - 1) * max(total)
            / nullif((max(weeks) - 1) * (max(cells) - 1), 0),
            1e0
        )) as dispersion
    from (
        select
            summed.*,
            sum(cell_n) over ({{ partition_by(keys) }}) as total,
            dense_rank() over ({{ partition_by(keys) }} order by {{ week }}) as weeks,
            dense_rank() over ({{ partition_by(keys) }} order by {{ cell }}) as cells,
            sum(cell_n) over ({{ partition_by(keys + [week]) }}) as week_total,
            sum(cell_n) over ({{ partition_by(keys + [cell]) }}) as cell_total
        from (
            select
                {%- for name in keys + [week, cell] %}
                {{ name }},
                {%- endfor %}
                cast(sum({{ count }}) as double) as cell_n
            from {{ relation }}
            group by {{ (keys + [week, cell]) | join(', ') }}
            having sum({{ count }}) > 0
        ) as summed
    ) as totalled
    group by {{ keys | join(', ') }}
{%- endmacro %}


{#
    Select statement: baselines of ratios and how much more their weeks differ than independent
    units would, one row per keys: the sums of the weeks, baseline_weeks (with units),
    own_dispersion, dispersion and dispersion_df.

    own_dispersion = sum over weeks of z^2 / (weeks - 1), z = (x - value d) / sqrt(n s^2), with s^2
    the variance of a unit's residual: Pearson's dispersion of a quasi-likelihood fit. It plays the
    part of sigma_z^2 in Laney's charts; a mean square has known degrees of freedom, a mean moving
    range has not.
    Eight weeks estimate it badly. So it is moderated: drawn towards what its family shows for a
    slice of its size, 1 + growth * n / weeks (a week's own effect weighs more the more units it
    moves), by d0 prior degrees of freedom, which are larger the less the family's dispersions differ
    from that (Smyth 2004, by moments): (d0 s0^2 + d own) / (d0 + d), df d0 + d. A family of fewer
    than 5 slices has no prior, d0 = 0; d0 is at most the degrees of freedom of the others.

    relation: rows of keys and week with the additive statistics of metric_daily
    family: columns (of keys) that name the family
    weeks: the length of a complete baseline; only complete ones speak for their family
#}
{% macro ratio_dispersion(relation, keys, family, weeks) %}
    {%- set sums = ['n', 'num', 'den', 'num2', 'den2', 'numden'] %}
    with dispersion_weeks as (
        select
            weekly.*,
            {%- for name in sums %}
            sum({{ name }}) over ({{ partition_by(keys) }}) as total_{{ name }},
            {%- endfor %}
            count(*) over ({{ partition_by(keys) }}) as baseline_weeks
        from {{ relation }} as weekly
        where n > 0
    ),

    dispersion_own as (
        select
            {%- for name in keys %}
            {{ name }},
            {%- endfor %}
            max(baseline_weeks) as baseline_weeks,
            {%- for name in sums %}
            max(total_{{ name }}) as {{ name }},
            {%- endfor %}
            sum(
                (num - total_num / nullif(total_den, 0) * den)
                * (num - total_num / nullif(total_den, 0) * den) / n
            ) as between_squares
        from dispersion_weeks
        group by {{ keys | join(', ') }}
    ),

    dispersion_scaled as (
        select
            dispersion_own.*,
            case
                when {{ has_spread() }}
                    then between_squares * (n - 1)
                        / ({{ residual_square_sum() }} * nullif(baseline_weeks - 1, 0))
            end as own_dispersion
        from dispersion_own
    ),

    dispersion_growth as (
        select
            {%- for name in family %}
            {{ name }},
            {%- endfor %}
            greatest(0e0, coalesce(
                sum(own_dispersion - 1) / sum(n / baseline_weeks), 0e0
            )) as growth
        from dispersion_scaled
        where baseline_weeks = {{ weeks }} and own_dispersion is not null
        group by {{ family | join(', ') }}
    ),

    dispersion_expected as (
        select
            scaled.*,
            1 + coalesce(families.growth, 0) * scaled.n / scaled.baseline_weeks
                as expected_dispersion
        from dispersion_scaled as scaled
        left join dispersion_growth as families
            on
                {%- for name in family %}
                {{ "and " if not loop.first }}scaled.{{ name }} = families.{{ name }}
                {%- endfor %}
    ),

    dispersion_families as (
        select
            {%- for name in family %}
            {{ name }},
            {%- endfor %}
            count(own_dispersion) as members,
            avg(own_dispersion / expected_dispersion) as mean_ratio,
            {{ weeks - 1 }} * variance(own_dispersion / expected_dispersion)
            / nullif(
                avg(own_dispersion / expected_dispersion)
                * avg(own_dispersion / expected_dispersion),
                0
            ) as spread
        from dispersion_expected
        where baseline_weeks = {{ weeks }}
        group by {{ family | join(', ') }}
    ),

    dispersion_priors as (
        select
            dispersion_families.*,
            case
                when members < 5 then 0e0
                when spread > 2
                    then least(
                        (members - 1) * {{ weeks - 1 }}e0,
                        (2 * {{ weeks - 1 }} - 4 + 4 * spread) / (spread - 2)
                    )
                else (members - 1) * {{ weeks - 1 }}e0
            end as prior_df
        from dispersion_families
    )

    select
        {%- for name in keys %}
        scaled.{{ name }},
        {%- endfor %}
        scaled.baseline_weeks,
        {%- for name in sums %}
        scaled.{{ name }},
        {%- endfor %}
        scaled.own_dispersion,
        case
            when coalesce(priors.prior_df, 0) = 0 then scaled.own_dispersion
            else
                (
                    (priors.prior_df - 2) * priors.mean_ratio * scaled.expected_dispersion
                    + (scaled.baseline_weeks - 1)
                    * coalesce(scaled.own_dispersion, scaled.expected_dispersion)
                ) / (priors.prior_df + scaled.baseline_weeks - 1)
        end as dispersion,
        cast(coalesce(priors.prior_df, 0) + scaled.baseline_weeks - 1 as double) as dispersion_df
    from dispersion_expected as scaled
    left join dispersion_priors as priors
        on
            {%- for name in family %}
            {{ "and " if not loop.first }}scaled.{{ name }} = priors.{{ name }}
            {%- endfor %}
{%- endmacro %}


{#
    Select statement: rows of a relation with the comparison of a window with its baseline: value,
    baseline_value, effect (value - baseline_value), standard_error, lower_95 and upper_95 of the
    effect, and the two-sided p_value.

    standard_error^2 = dispersion * s^2 * (n0 / den0^2 + n1 / den1^2), s^2 the variance of a unit's
    residual from the ratio of both windows together (a score test, which holds near 0 and 1 too);
    Student's t with dispersion_df degrees of freedom. The dispersion is at least `floor`.
    NULL without units, spread, or three degrees of freedom.

    relation: rows with the additive statistics of the baseline (prefix baseline_) and of the window
    (prefix current_), dispersion and dispersion_df; columns: those to keep
#}
{% macro window_shift(relation, columns, dispersion='dispersion', floor='1e0') %}
    {%- set sums = ['n', 'num', 'den', 'num2', 'den2', 'numden'] %}
    with shift_pooled as (
        select
            windows.*,
            {%- for name in sums %}
            coalesce(baseline_{{ name }}, 0) + coalesce(current_{{ name }}, 0) as {{ name }},
            {%- endfor %}
            baseline_num / nullif(baseline_den, 0) as baseline_value,
            current_num / nullif(current_den, 0) as value,
            greatest({{ floor }}, coalesce({{ dispersion }}, 1e0)) as shift_scale
        from {{ relation }} as windows
    ),

    shift_errors as (
        select
            shift_pooled.*,
            value - baseline_value as effect,
            case
                when {{ has_spread() }} and dispersion_df >= 3
                    then sqrt(
                        shift_scale * {{ residual_square_sum() }} / (n - 1) * (
                            baseline_n / (baseline_den * baseline_den)
                            + current_n / (current_den * current_den)
                        )
                    )
            end as standard_error
        from shift_pooled
    ),

    shift_statistics as (
        select
            shift_errors.*,
            {{ student_y('effect / standard_error', 'dispersion_df') }} as shift_y
        from shift_errors
    ),

    shift_tested as (
        select
            shift_statistics.*,
            {{ student_z('shift_y', 'dispersion_df') }} as shift_z
        from shift_statistics
    )

    select
        {%- for name in columns %}
        {{ name }},
        {%- endfor %}
        value,
        baseline_value,
        effect,
        standard_error,
        effect - ({{ t_quantile_975('dispersion_df') }}) * standard_error as lower_95,
        effect + ({{ t_quantile_975('dispersion_df') }}) * standard_error as upper_95,
        {{ normal_p_value('shift_z') }} as p_value
    from shift_tested
{%- endmacro %}
