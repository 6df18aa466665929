using System.Globalization;
using System.Text;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Homes;
using Codexport.Engine.Platform.Files;

namespace Codexport.Engine.Master.Stores;

/// <summary>
/// What this master remembers of a store, <c>master/publication/NAME.target</c>: which heads it put there itself, and since when things there
/// are no longer needed. Where it is lost, the store's head must be taken over by a person's word, and clearing begins to count anew.
/// </summary>
internal sealed class TargetState
{
    private const int MaxSize = 64 << 20;

    private readonly EngineContext _context;
    private readonly string _path;

    private TargetState(EngineContext context, string path)
    {
        _context = context;
        _path = path;
    }

    /// <summary>SHA-256 of the head that was put there last; null when that is not known.</summary>
    public Sha256Hash? Last { get; set; }

    /// <summary>SHA-256 of a head that was about to be put there: whether that came about only the store knows.</summary>
    public Sha256Hash? Pending { get; set; }

    /// <summary>Name and content, both hashed, of what leads to the document and was put there last.</summary>
    public string? Lead { get; set; }

    /// <summary>What is not needed any more, with the store's time at which that was seen first.</summary>
    public Dictionary<string, DateTimeOffset> Unneeded { get; private set; } = new(StringComparer.Ordinal);

    /// <summary>Reads it; empty when there is none or it is damaged.</summary>
    public static TargetState Read(EngineContext context, string target)
    {
        var state = new TargetState(context, PathOf(context, target) + ".target");
        if (AtomicFile.TryReadAllBytes(context.Files, state._path, MaxSize) is { } content)
        {
            foreach (var line in Encoding.UTF8.GetString(content).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            {
                state.Take(line.Split(' '));
            }
        }

        return state;
    }

    /// <summary>Keeps others of this machine from publishing to the same store at the same time.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.Busy"/>.</exception>
    public static IDisposable Lock(EngineContext context, string target)
    {
        context.Files.CreateDirectory(MasterEpoch.FolderOf(context), FilePermission.Private);
        return context.Files.TryLock(PathOf(context, target) + ".lock") ?? throw new CodexportException(
            ErrorCode.Busy, $"Another process of this master publishes to '{target}' at this moment.", "Wait until it is done, then try again.", target);
    }

    /// <summary>Notes what is not needed, and gives what has not been for long enough.</summary>
    /// <param name="unneeded">What lies there and is not needed now.</param>
    /// <param name="now">The store's time.</param>
    /// <param name="grace">For how long it stays.</param>
    public List<string> Overdue(IEnumerable<string> unneeded, DateTimeOffset now, TimeSpan grace)
    {
        Unneeded = unneeded.ToDictionary(key => key, key => Unneeded.TryGetValue(key, out var since) && since <= now ? since : now, StringComparer.Ordinal);
        return [.. Unneeded.Where(pair => now - pair.Value >= grace).Select(pair => pair.Key)];
    }

    /// <summary>Writes it, durably.</summary>
    public void Write()
    {
        var text = new StringBuilder();
        Add("last", Last?.ToString());
        Add("pending", Pending?.ToString());
        Add("lead", Lead);
        foreach (var (key, since) in Unneeded)
        {
            text.Append(CultureInfo.InvariantCulture, $"unneeded {since.ToUnixTimeSeconds()} {key}\n");
        }

        SetAside.IfNotFile(_context, _path);
        AtomicFile.Write(_context.Files, _path, Encoding.UTF8.GetBytes(text.ToString()), FilePermission.Private);

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                text.Append(name).Append(' ').Append(value).Append('\n');
            }
        }
    }

    private static string PathOf(EngineContext context, string target)
        => Path.Combine(MasterEpoch.FolderOf(context), Sha256Hash.Of(Encoding.UTF8.GetBytes(target)).ToString()[..16]);

    private void Take(string[] words)
    {
        switch (words)
        {
            case ["last", var hash] when Sha256Hash.TryParse(hash, out var last): Last = last; break;
            case ["pending", var hash] when Sha256Hash.TryParse(hash, out var pending): Pending = pending; break;
            case ["lead", var lead]: Lead = lead; break;
            case ["unneeded", var time, var key]
                when long.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds < 253402300799:
                Unneeded[key] = DateTimeOffset.FromUnixTimeSeconds(seconds);
                break;
        }
    }
}
