using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Codexport.PowerShell;

/// <summary>What completers share.</summary>
internal static class Words
{
    /// <summary>What a word that is being written stands for.</summary>
    public static WildcardPattern PatternOf(string? word) => new($"{word?.Trim('\'', '"')}*", WildcardOptions.IgnoreCase);

    /// <summary>A word to choose. Words come from other machines, too: whatever PowerShell would read as code is put in quotes.</summary>
    public static CompletionResult ToResult(string word, string hint) => new(Quote(word), word, CompletionResultType.ParameterValue, hint);

    private static string Quote(string word) => word.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or '/') && word[0] != '-'
        ? word
        : $"'{CodeGeneration.EscapeSingleQuotedStringContent(word)}'";
}

/// <summary>Completes an argument with words that need no home; without one PowerShell would offer the names of files.</summary>
public abstract class WordCompleter : IArgumentCompleter
{
    /// <inheritdoc/>
    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        var pattern = Words.PatternOf(wordToComplete);
        return Find().Where(item => pattern.IsMatch(item.Word)).DistinctBy(item => item.Word).Select(item => Words.ToResult(item.Word, item.Hint));
    }

    /// <summary>What there is to choose from.</summary>
    protected abstract IEnumerable<(string Word, string Hint)> Find();

    /// <summary>The addresses of this machine in use, each with the length of its network's prefix; asks nobody.</summary>
    protected static IEnumerable<(IPAddress Address, int Prefix, string Interface)> OwnAddresses()
        => NetworkInterface.GetAllNetworkInterfaces()
            .Where(card => card.OperationalStatus != OperationalStatus.Down && card.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .SelectMany(card => card.GetIPProperties().UnicastAddresses.Select(own => (own.Address, own.PrefixLength, card.Name)))
            .Where(own => !own.Address.IsIPv6LinkLocal);
}

/// <summary>Completes an interval.</summary>
public sealed class IntervalCompleter : WordCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Word, string Hint)> Find() =>
    [
        ("5m", "every 5 minutes"), ("15m", "every quarter of an hour, as without the parameter"), ("30m", "every half hour"), ("1h", "every hour"),
        ("6h", "every 6 hours"), ("24h", "once a day"),
    ];
}

/// <summary>Completes the names and addresses under which others reach this machine.</summary>
public sealed class OwnNameCompleter : WordCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Word, string Hint)> Find()
        => OwnAddresses().Select(own => (own.Address.ToString(), $"address of {own.Interface}")).Prepend((Environment.MachineName, "the name of this machine"));
}

/// <summary>Completes the addresses that a server can listen on.</summary>
public sealed class ListenAddressCompleter : WordCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Word, string Hint)> Find()
        => OwnAddresses().Select(own => (own.Address.ToString(), $"{own.Interface} alone"))
            .Prepend(("127.0.0.1", "this machine alone")).Prepend(("0.0.0.0", "all addresses, as without the parameter"));
}

/// <summary>Completes ranges of peers.</summary>
public sealed class RangeCompleter : WordCompleter
{
    /// <inheritdoc/>
    protected override IEnumerable<(string Word, string Hint)> Find()
        => OwnAddresses().Where(own => own.Address.AddressFamily == AddressFamily.InterNetwork)
            .Select(own => ($"{NetworkOf(own.Address, own.Prefix)}/{own.Prefix}", $"the network of {own.Interface}"))
            .Concat([("192.168.0.0/16", "private networks"), ("10.0.0.0/8", "private networks"), ("172.16.0.0/12", "private networks")]);

    private static IPAddress NetworkOf(IPAddress address, int prefix)
    {
        var bytes = address.GetAddressBytes();
        for (var bit = prefix; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return new IPAddress(bytes);
    }
}
