"""Reports the mean of each column of the measurements."""

from pathlib import Path

from etl.report import column_means

if __name__ == "__main__":
    for name, mean in column_means(Path("data/measurements.csv")).items():
        print(f"{name}: {mean:.2f}")
