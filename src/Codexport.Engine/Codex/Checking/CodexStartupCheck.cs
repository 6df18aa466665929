using System.Security.Cryptography;
using System.Text;
using Codexport.Engine.Codex.Hooks;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;
using Codexport.Engine.Toml;

namespace Codexport.Engine.Codex.Checking;

/// <summary>
/// Asks the <c>codex</c> of this machine what it would say of files (configuration, profiles, agents, hooks, rules), in a private throw-away
/// home, before anything is written. Where there is no <c>codex</c>, or it is too old to be asked or does not answer in time, our own parsers
/// alone judge.
/// </summary>
/// <param name="context">The home, the disk and the programs.</param>
internal sealed class CodexStartupCheck(EngineContext context)
{
    /// <summary>Where the throw-away home is made; null for the state folder.</summary>
    public string? TemporaryFolder { get; init; }

    /// <summary>Whether verdicts are remembered by content, so that the same files are not judged twice.</summary>
    public bool Remembers { get; init; } = true;

    /// <summary>
    /// A file of the home as it will be, by relative path, for what the judged files refer to; null for what lies in the home now.
    /// </summary>
    public Func<string, byte[]?>? Find { get; init; }

    /// <summary>Checks files as they will be on this machine.</summary>
    /// <param name="texts">Texts by path relative to the Codex home; what Codex does not judge is left out.</param>
    /// <param name="cancellationToken">Ends the check with its programs.</param>
    public async Task<ConfigurationVerdict> CheckAsync(IReadOnlyDictionary<string, string> texts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(texts);
        if (ParseAll(texts) is { } problem)
        {
            return new ConfigurationVerdict(IsByCodex: false, problem);
        }

        var judged = texts.Where(file => CodexLayout.KindOf(file.Key).IsJudged()).OrderBy(file => file.Key, StringComparer.Ordinal)
            .ToDictionary(file => file.Key, file => Encoding.UTF8.GetBytes(file.Value), StringComparer.Ordinal);
        if (judged.Count == 0 || CodexProgram.Find(context) is not { } codex)
        {
            return new ConfigurationVerdict(IsByCodex: false, null);
        }

        var isByCodex = true;
        foreach (var question in CodexQuestion.About(judged, FindFile))
        {
            var verdict = await AnswerAsync(codex, question, cancellationToken).ConfigureAwait(false);
            if (!verdict.IsAccepted)
            {
                return verdict;
            }

            isByCodex &= verdict.IsByCodex;
        }

        return new ConfigurationVerdict(isByCodex, null);

        byte[]? FindFile(string relative) => judged.GetValueOrDefault(relative) ?? (Find ?? FindNow)(relative);
    }

    /// <summary>Fails with <see cref="ErrorCode.ConfigurationRejected"/> when the files are refused.</summary>
    public async Task RequireAsync(IReadOnlyDictionary<string, string> texts, string remedy, CancellationToken cancellationToken)
    {
        var verdict = await CheckAsync(texts, cancellationToken).ConfigureAwait(false);
        if (verdict.Problem is { } problem)
        {
            throw problem.ToError(remedy);
        }
    }

    private static ConfigurationProblem? ParseAll(IReadOnlyDictionary<string, string> texts)
    {
        foreach (var (path, text) in texts)
        {
            try
            {
                if (CodexLayout.KindOf(path).IsConfiguration())
                {
                    TomlDocument.Parse(text, path);
                }
                else if (CodexLayout.KindOf(path) == CodexFileKind.Hooks)
                {
                    HooksFile.Parse(Encoding.UTF8.GetBytes(text), path);
                }
            }
            catch (CodexportException error) when (error.Code is ErrorCode.TomlInvalid or ErrorCode.JsonInvalid)
            {
                return new ConfigurationProblem(path, error.Place?.Line, error.Place?.Column, null, error.Message.TrimEnd('.'));
            }
        }

        return null;
    }

    private byte[]? FindNow(string relative)
        => context.Files.ResolveLinks(Path.Join(context.Home.CodexFolder, relative)) is { } real && context.Files.TryGetEntry(real) is { Kind: EntryKind.File }
            ? AtomicFile.ReadAllBytes(context.Files, real)
            : null;

    private async Task<ConfigurationVerdict> AnswerAsync(CodexProgram codex, CodexQuestion question, CancellationToken cancellationToken)
    {
        var memory = new VerdictMemory(context);
        var key = KeyOf(codex, question);
        if (Remembers && memory.Find(key) is { } known)
        {
            return known;
        }

        var verdict = await AskAsync(codex, question, cancellationToken).ConfigureAwait(false);
        if (Remembers && verdict.IsByCodex)
        {
            memory.Keep(key, verdict);
        }

        return verdict;
    }

    // What the files name counts too: a configuration that was fine is not, once a file that it names is gone.
    private string KeyOf(CodexProgram codex, CodexQuestion question)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{codex.Identify(context.Files)}|{question.Kind}"));
        foreach (var (path, content) in question.Files)
        {
            Append(path, content);
            var isRead = (CodexLayout.KindOf(path).IsConfiguration() || CodexLayout.KindOf(path) == CodexFileKind.Agent) & TomlDocument.TryParse(content, path, out var document, out _);
            foreach (var named in isRead ? NamedFiles.Of(context, document!.Root) : [])
            {
                Append(named, question.Find(named) ?? []);
            }
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Append(string path, byte[] content)
        {
            hash.AppendData(SHA256.HashData(Encoding.UTF8.GetBytes(path)));
            hash.AppendData(SHA256.HashData(content));
        }
    }

    private async Task<ConfigurationVerdict> AskAsync(CodexProgram codex, CodexQuestion question, CancellationToken cancellationToken)
    {
        using var deadline = new CancellationTokenSource(CodexQuestion.Patience, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, deadline.Token);
        try
        {
            using var home = TrialHome.Create(context, TemporaryFolder ?? context.Home.MachineStateFolder, question.Find);
            return await question.AskAsync(context, codex, home, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            context.Trace?.Invoke("'codex' did not judge the configuration in time; it was only parsed.");
        }
        catch (CodexportException error) when (error.Target == codex.Path || error.Target == "codex")
        {
            context.Trace?.Invoke($"{error.Message} The configuration was only parsed.");
        }

        return new ConfigurationVerdict(IsByCodex: false, null);
    }
}
