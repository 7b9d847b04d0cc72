//! Pareto fronts: dominance, sorting into fronts, hypervolume. Smaller is better in every objective.

/// Whether `a` is nowhere worse than `b` and somewhere better.
#[must_use]
pub fn dominates(a: &[f64], b: &[f64]) -> bool {
    a.iter().zip(b).all(|(a, b)| a <= b) && a.iter().zip(b).any(|(a, b)| a < b)
}

/// Indices of the costs that no other dominates, in order. Equal costs are all on the front.
///
/// # Example
/// ```
/// use bitspike::sweep::pareto::front;
/// let costs = [vec![1.0, 3.0], vec![2.0, 2.0], vec![2.0, 3.0], vec![3.0, 1.0]];
/// assert_eq!(front(&costs), [0, 1, 3]);
/// ```
#[must_use]
pub fn front(costs: &[Vec<f64>]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..costs.len()).collect();
    order.sort_by(|&a, &b| lexicographic(&costs[a], &costs[b]));
    let mut found: Vec<usize> = Vec::new();
    for index in order {
        // What dominates a cost comes before it in lexicographic order.
        if !found.iter().any(|&other| dominates(&costs[other], &costs[index])) {
            found.push(index);
        }
    }
    found.sort_unstable();
    found
}

fn lexicographic(a: &[f64], b: &[f64]) -> std::cmp::Ordering {
    let pairs = a.iter().zip(b).map(|(a, b)| a.total_cmp(b));
    pairs.into_iter().find(|order| order.is_ne()).unwrap_or(std::cmp::Ordering::Equal)
}

/// The front's rank of each cost: 0 on the front, 1 on the front of the rest, and so on.
#[must_use]
pub fn ranks(costs: &[Vec<f64>]) -> Vec<usize> {
    let mut ranks = vec![0; costs.len()];
    let mut rest: Vec<usize> = (0..costs.len()).collect();
    let mut rank = 0;
    while !rest.is_empty() {
        let of_rest: Vec<Vec<f64>> = rest.iter().map(|&index| costs[index].clone()).collect();
        let on_front = front(&of_rest);
        for &position in &on_front {
            ranks[rest[position]] = rank;
        }
        rest = (0..rest.len()).filter(|position| on_front.binary_search(position).is_err()).map(|p| rest[p]).collect();
        rank += 1;
    }
    ranks
}

/// Volume dominated by some costs below a reference point, by slicing along the last objective.
///
/// Source: Zitzler & Thiele 1999; slicing as in While et al. 2006. Exponential in the objectives, of which there are few.
///
/// # Example
/// ```
/// use bitspike::sweep::pareto::hypervolume;
/// // 2 x 1 + 1 x 2 - 1 x 1
/// assert_eq!(hypervolume(&[vec![1.0, 2.0], vec![2.0, 1.0]], &[3.0, 3.0]), 3.0);
/// ```
#[must_use]
pub fn hypervolume(costs: &[Vec<f64>], reference: &[f64]) -> f64 {
    let inside = |cost: &&Vec<f64>| cost.iter().zip(reference).all(|(cost, reference)| cost < reference);
    let mut inside: Vec<&Vec<f64>> = costs.iter().filter(inside).collect();
    let Some((&limit, reference)) = reference.split_last() else { return 0.0 };
    if reference.is_empty() {
        return inside.iter().map(|cost| limit - cost[0]).fold(0.0, f64::max);
    }
    let last = reference.len();
    inside.sort_by(|a, b| a[last].total_cmp(&b[last]));
    let mut volume = 0.0;
    for (index, cost) in inside.iter().enumerate() {
        let until = inside.get(index + 1).map_or(limit, |next| next[last]);
        if until > cost[last] {
            let slice: Vec<Vec<f64>> = inside[..=index].iter().map(|cost| cost[..last].to_vec()).collect();
            volume += (until - cost[last]) * hypervolume(&slice, reference);
        }
    }
    volume
}

#[cfg(test)]
mod tests {
    use super::{front, hypervolume, ranks};
    use bitspike_spec::random::philox;

    fn random(count: u32, objectives: u32) -> Vec<Vec<f64>> {
        let cell = |i, j| f64::from(philox([i, j, 0, 0], [5, 0])[0] % 8);
        (0..count).map(|i| (0..objectives).map(|j| cell(i, j)).collect()).collect()
    }

    #[test]
    fn the_front_is_what_the_definition_says() {
        let costs = random(200, 3);
        let by_definition: Vec<usize> =
            (0..costs.len()).filter(|&i| !costs.iter().any(|other| super::dominates(other, &costs[i]))).collect();
        assert_eq!(front(&costs), by_definition);
        let ranks = ranks(&costs);
        for (i, cost) in costs.iter().enumerate() {
            let worst = (0..costs.len()).filter(|&j| super::dominates(&costs[j], cost)).map(|j| ranks[j] + 1).max();
            assert_eq!(ranks[i], worst.unwrap_or(0), "the rank is the longest chain of what dominates");
        }
    }

    /// Integer costs below 8: the volume is the number of unit cells that some cost dominates.
    #[test]
    fn the_hypervolume_is_the_number_of_dominated_cells() {
        let costs = random(20, 3);
        let mut cells = 0;
        for (x, y, z) in (0..512).map(|i| (i % 8, i / 8 % 8, i / 64)) {
            let corner = [f64::from(x), f64::from(y), f64::from(z)];
            cells += u32::from(costs.iter().any(|cost| cost.iter().zip(corner).all(|(cost, corner)| *cost <= corner)));
        }
        assert_eq!(hypervolume(&costs, &[8.0, 8.0, 8.0]), f64::from(cells));
        assert_eq!(hypervolume(&costs, &[0.0, 0.0, 0.0]), 0.0);
    }
}
