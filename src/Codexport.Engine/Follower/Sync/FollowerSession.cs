using Codexport.Engine.Apply;
using Codexport.Engine.Content;
using Codexport.Engine.Errors;
using Codexport.Engine.Follower.State;
using Codexport.Engine.Follower.Verification;
using Codexport.Engine.Follower.Wire;
using Codexport.Engine.Homes;
using Codexport.Engine.Protocol;
using Codexport.Engine.Settings;

namespace Codexport.Engine.Follower.Sync;

/// <summary>What one run on a joined home works with: all state as it was when the run began, and the parts that change it.</summary>
internal sealed class FollowerSession
{
    private readonly HashSet<string> _passedOver = new(StringComparer.Ordinal);
    private ContactRecord _written;
    private bool _isSeenNews;

    private FollowerSession(EngineContext context, FollowerServices services, EnrollmentRecord enrollment, LocalSettings settings)
    {
        Context = context;
        Services = services;
        Enrollment = enrollment;
        Settings = settings;
        Contact = ContactRecord.Read(context);
        _written = Contact;
        Shelf = new RevisionShelf(context, services.Limits);
        Store = new ObjectStore(context.Files, context.Home.ObjectsFolder, context.Time, context.Trace);
        Changer = services.Changer(context);
    }

    /// <summary>Home, disk and clock.</summary>
    public EngineContext Context { get; }

    /// <summary>The parts.</summary>
    public FollowerServices Services { get; }

    /// <summary>Pin and credential.</summary>
    public EnrollmentRecord Enrollment { get; private set; }

    /// <summary>The person's settings.</summary>
    public LocalSettings Settings { get; private set; }

    /// <summary>The last contacts.</summary>
    public ContactRecord Contact { get; private set; }

    /// <summary>Kept documents.</summary>
    public RevisionShelf Shelf { get; }

    /// <summary>Kept contents.</summary>
    public ObjectStore Store { get; }

    /// <summary>What composes and applies.</summary>
    public IHomeChanger Changer { get; }

    /// <summary>Now, UTC.</summary>
    public DateTimeOffset Now => Context.Time.GetUtcNow();

    /// <summary>The pinned fingerprint.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.FingerprintMismatch"/> when none is pinned, or the settings name another.</exception>
    public string Fingerprint
    {
        get
        {
            var pinned = Enrollment.Fingerprint ?? throw new CodexportException(
                ErrorCode.FingerprintMismatch,
                "This follower trusts no master's key at the moment: its trust was reset.",
                "Run 'codexport follower trust --fingerprint HEX' with the master's fingerprint, or join again with its link.");
            return Settings.MasterFingerprint is null || string.Equals(Settings.MasterFingerprint, pinned, StringComparison.Ordinal)
                    || (Settings.FollowKeyRotation && Settings.MasterFingerprint == Enrollment.PreviousFingerprint)
                ? pinned
                : throw new CodexportException(
                    ErrorCode.FingerprintMismatch,
                    $"'masterFingerprint' in '{Context.Home.SettingsFile}' is not the fingerprint that this follower joined with.",
                    "Put the old value back, or run 'codexport follower trust --fingerprint HEX' to trust another key.",
                    Context.Home.SettingsFile)
                {
                    Details = [new("expected", pinned), new("actual", MasterErrors.Clean(Settings.MasterFingerprint))],
                };
        }
    }

    /// <summary>Where the head may be asked for: the settings' addresses, else those of the join; the one that answered last before the others.</summary>
    public IReadOnlyList<SourceAddress> Sources =>
    [
        .. SourceAddress.InOrder(Settings.MasterUrls.Count > 0 ? Settings.MasterUrls : Enrollment.MasterUrls, Contact.LastGood)
            .Where(source => !_passedOver.Contains(source.Name)),
    ];

    /// <summary>The master's own addresses among them; where the settings name publications alone, those of the join.</summary>
    public IReadOnlyList<MasterAddress> Masters
    {
        get
        {
            var own = Sources.Select(source => source.Master).OfType<MasterAddress>().ToList();
            return own.Count > 0 ? own : [.. Enrollment.MasterUrls.Select(MasterAddress.Parse)];
        }
    }

    /// <summary>Opens the state of a home that has joined.</summary>
    /// <exception cref="CodexportException"><see cref="ErrorCode.NotFollower"/> or <see cref="ErrorCode.HomeChanged"/>.</exception>
    public static FollowerSession Open(EngineContext context, FollowerServices services)
    {
        var enrollment = EnrollmentRecord.TryRead(context) ?? throw NotFollower(context);
        enrollment.RequireSoundKey(context);
        RecordedHome.Check(context);
        return new FollowerSession(context, services, enrollment, SettingsFile.Read(context.Files, context.Home.SettingsFile));
    }

    /// <summary>Opens what can be read of it, for leaving: nothing of it may keep a person from that.</summary>
    public static FollowerSession ForLeaving(EngineContext context, FollowerServices services, EnrollmentRecord enrollment)
        => new(context, services, enrollment, SettingsFile.ReadAsFound(context.Files, context.Home.SettingsFile));

    /// <summary>The error for a home that has not joined.</summary>
    public static CodexportException NotFollower(EngineContext context) => new(
        ErrorCode.NotFollower,
        $"The home '{context.Home.UserHome}' follows no master.",
        "Join one first: codexport follower join LINK (the master prints the link with 'codexport master link').",
        context.Home.UserHome);

    /// <summary>A connection to the master, not connected yet.</summary>
    /// <param name="budget">Time for everything; a dead address may take its part of it and no more. Null for the timeouts of the settings.</param>
    public IMasterConnection Connect(TimeSpan? budget = null)
    {
        var masters = Masters;
        var places = Math.Max(masters.Count, Sources.Count);
        var share = budget is { } all && places > 1 ? all / (places + 1) : Settings.ConnectTimeout;
        var timeout = share < Settings.ConnectTimeout ? share : Settings.ConnectTimeout;
        return Services.Connect(new ConnectionOptions(masters, Fingerprint, Enrollment.Credential, timeout, Settings.IdleTimeout)
        {
            Applied = Contact.Applied,
            LastError = MasterReport.ErrorOf(Contact),
            Limits = Services.Limits,
            Delegation = new DelegationRules(Now, Enrollment.DelegationFloor),
            WireTrace = Context.WireTrace,
        });
    }

    /// <summary>Opens a publication to read from.</summary>
    public IPublicationReader OpenPublication(PublicationAddress address) => Services.OpenPublication(Context, address, Settings.ConnectTimeout, Settings.IdleTimeout);

    /// <summary>Asks a place no more in this run.</summary>
    /// <returns>Whether others are left.</returns>
    public bool PassOver(string source)
    {
        _passedOver.Add(source);
        return Sources.Count > 0;
    }

    /// <summary>What judges a head and what follows from it.</summary>
    /// <param name="mark">The newest head that was accepted before; null for none.</param>
    /// <param name="isFromMaster">Whether the master itself says it, over pinned TLS to this follower's credential.</param>
    public RevisionVerifier Verifier(HeadMark? mark, bool isFromMaster) => new(new VerificationRules(
        Fingerprint, Enrollment.PublicKey!, mark, Services.Limits, ReceivablePaths.Of(Context.Files, Services.Limits), Now)
    {
        IsFromMaster = isFromMaster,
        DelegationFloor = Enrollment.DelegationFloor,
    });

    /// <summary>An address has answered. Written down with what is remembered next.</summary>
    public void Reached(SourceAddress source)
    {
        if (Sources.Count > 1)
        {
            Note(contact => contact with { LastGood = source.Name });
        }
    }

    /// <summary>Trusts another key from now on. The enrollment decides; what else names the key is brought in line after it.</summary>
    public void TakeOver(KeyRotation rotation)
    {
        Enrollment = Enrollment with
        {
            Fingerprint = rotation.NewFingerprint,
            PublicKey = rotation.NewKey.ToArray(),
            PreviousFingerprint = Enrollment.Fingerprint,
            DelegationFloor = Math.Max(Enrollment.DelegationFloor, rotation.Sequence),
        };
        Enrollment.Write(Context);
        AlignSettings();
        Remember(contact => contact with { LastSecureHead = null });
    }

    /// <summary>Brings the fingerprint in the settings in line with a key that was followed.</summary>
    public void AlignSettings()
    {
        if (Settings.FollowKeyRotation && Enrollment.PreviousFingerprint is { } previous && Settings.MasterFingerprint == previous)
        {
            SettingsFile.Update(
                Context.Files, Context.Home.SettingsFile, new Dictionary<string, object?> { ["masterFingerprint"] = Enrollment.Fingerprint });
            Settings = SettingsFile.Read(Context.Files, Context.Home.SettingsFile);
        }
    }

    /// <summary>Keeps the key that a pinned connection has proven.</summary>
    public void LearnKey(byte[] publicKey)
    {
        if (Enrollment.PublicKey is null)
        {
            Enrollment = Enrollment with { PublicKey = publicKey };
            Enrollment.Write(Context);
        }
    }

    /// <summary>
    /// Notes the newest head that was accepted: durably in its file, and beside the pin with <see cref="KeepSeen"/>, because the enrollment
    /// changes for nothing that is refused in the end.
    /// </summary>
    public void Accept(HeadMark head, HeadMark? known)
    {
        if (head != known || known.IsRecalled)
        {
            head.Write(Context);
        }

        if (Enrollment.Seen is not { } seen || seen.Sequence != head.Sequence || seen.Revision != head.Revision)
        {
            var pin = Enrollment.Pin ?? EnrollmentRecord.NewPin();
            Enrollment = Enrollment with { Pin = pin, Seen = new SeenHead(pin, head.Sequence, head.Revision), DelegationFloor = FloorAfter(head) };
            _isSeenNews = true;
        }
    }

    // What the identity itself has signed last, the head or the statement in it: statements before that were withdrawn.
    private long FloorAfter(HeadMark head)
    {
        var signed = head.Envelope.Length > 0 ? HeadCodec.Verify(head.Envelope, Enrollment.PublicKey!, Fingerprint) : null;
        return Math.Max(Enrollment.DelegationFloor, signed?.Delegation?.Sequence ?? signed?.Sequence ?? 0);
    }

    /// <summary>Writes down beside the pin which head was accepted, once all that it names is here and verified.</summary>
    public void KeepSeen()
    {
        if (_isSeenNews)
        {
            Enrollment.Write(Context);
            _isSeenNews = false;
        }
    }

    /// <summary>Notes which revision the person does not want to have applied again by itself; null for none.</summary>
    public void HoldBack(Sha256Hash? revision)
    {
        if (Enrollment.HeldBack != revision)
        {
            Enrollment = Enrollment with { HeldBack = revision };
            Enrollment.Write(Context);
        }
    }

    /// <summary>The master has let this follower in.</summary>
    public void Approved()
    {
        if (Enrollment.IsPending)
        {
            Enrollment = Enrollment with { IsPending = false };
            Enrollment.Write(Context);
        }
    }

    /// <summary>Changes what is remembered of the contacts, on disk.</summary>
    public void Remember(Func<ContactRecord, ContactRecord> change)
    {
        Note(change);
        if (Contact != _written)
        {
            Contact.Write(Context);
            _written = Contact;
        }
    }

    /// <summary>Changes what is remembered; on disk only with the next <see cref="Remember"/>. What is lost by then costs a longer way, no more.</summary>
    public void Note(Func<ContactRecord, ContactRecord> change) => Contact = change(Contact);

    /// <summary>Remembers a failure; one that cannot even be written down is only traced.</summary>
    public static void RememberFailure(EngineContext context, ErrorCode code, string message)
    {
        ActivityLog.Append(context, $"{code}: {message}");
        try
        {
            var contact = ContactRecord.Read(context);
            var failures = contact.Failures + 1;
            (contact with
            {
                Failures = failures,
                LastError = code.ToString(),
                LastMessage = message,
                NextQuickSync = context.Time.GetUtcNow() + Backoff.After(failures),
            }).Write(context);
        }
        catch (CodexportException error)
        {
            context.Trace?.Invoke($"The failure could not be recorded. {error.Message}");
        }
    }
}
