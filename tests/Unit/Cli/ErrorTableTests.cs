using Codexport.Engine.Errors;

namespace Codexport.Tests.Cli;

/// <summary>docs/errors.md against the code.</summary>
public sealed class ErrorTableTests
{
    [Fact]
    public void Table_HoldsEveryCodeOnceWithItsCategoryAndExitCode()
    {
        var rows = File.ReadAllLines(Path.Combine(Repository.Root, "docs", "errors.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => line.Trim('|').Split(" | ").Select(cell => cell.Trim(' ', '`')).ToArray())
            .ToList();

        Assert.Equal(Enum.GetNames<ErrorCode>().Order(StringComparer.Ordinal), rows.Select(row => row[0]).Order(StringComparer.Ordinal));
        Assert.All(rows, row => Assert.Equal(5, row.Length));
        Assert.All(rows, row => Assert.Equal(ErrorFacts.Of(Enum.Parse<ErrorCode>(row[0])).Kind.ToString(), row[1]));
        Assert.All(rows, row => Assert.Equal((int)ErrorFacts.Of(Enum.Parse<ErrorCode>(row[0])).ExitCode, int.Parse(row[2], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.DoesNotContain(rows, row => row.Any(cell => cell.Length == 0));
    }
}
