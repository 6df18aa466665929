param([string] $ModulePath, [string] $ProgramPath)

BeforeAll {
    . (Join-Path $PSScriptRoot 'Helpers.ps1')
    Import-Module $ModulePath -Force
    $master = New-TestHome (Join-Path $TestDrive 'master')
    $init = Initialize-CodexportMaster -HomePath $master -PassThru
    $server = Start-TestMaster $ProgramPath $master
    $link = (New-CodexportJoinLink 127.0.0.1 -Port $server.Port -HomePath $master).JoinLink
    $follower = Join-Path $TestDrive 'follower'
    New-Item -ItemType Directory $follower | Out-Null
    Join-CodexportFollower $link -HomePath $follower | Out-Null
}

AfterAll { Stop-TestMaster $server }

Describe 'Update-CodexportIdentity' {
    It 'changes nothing with -WhatIf' {
        # A master that nobody serves: a server notes in its own time what it heard of its followers.
        $quiet = New-TestMasterHome (Join-Path $TestDrive 'quiet')
        $before = Get-Snapshot $quiet
        Update-CodexportIdentity -HomePath $quiet -WhatIf -PassThru | Should -BeNullOrEmpty
        Get-Snapshot $quiet | Should -Be $before
    }

    It 'gives a new key that a follower refuses, saying how to allow it' {
        $script:rotation = Update-CodexportIdentity -HomePath $master -Confirm:$false -PassThru
        $rotation.PreviousFingerprint | Should -Be $init.Fingerprint
        $rotation.Fingerprint | Should -Not -Be $init.Fingerprint
        $rotation.Followers | Should -Be 1

        # The server takes the new key by itself, a moment later.
        $script:record = $null
        Wait-Until { try { Sync-CodexportFollower -HomePath $follower | Out-Null } catch { $script:record = $_ }; $script:record }
        $record.FullyQualifiedErrorId | Should -BeLike 'FingerprintMismatch,*'
        "$record" | Should -BeLike "*$($rotation.Fingerprint)*$($init.Fingerprint)*"
        $record.ErrorDetails.RecommendedAction | Should -BeLike '*Reset-CodexportTrust -Follow*'
    }

    It 'is followed where that is allowed' {
        Reset-CodexportTrust -Follow -HomePath $follower -WhatIf
        (Get-CodexportStatus -HomePath $follower).Fingerprint | Should -Be $init.Fingerprint
        (Reset-CodexportTrust -Follow -HomePath $follower -Confirm:$false -PassThru).FollowsKeyRotation | Should -BeTrue
        $result = Sync-CodexportFollower -HomePath $follower -WarningVariable warnings -WarningAction SilentlyContinue
        $result.Status | Should -Be 'Current'
        "$warnings" | Should -BeLike "*$($rotation.Fingerprint)*"
        (Get-CodexportStatus -HomePath $follower).Fingerprint | Should -Be $rotation.Fingerprint
        Sync-CodexportFollower -Quick -HomePath $follower | Should -BeNullOrEmpty
    }

    It 'is not followed once that was taken back' {
        (Reset-CodexportTrust -NoFollow -HomePath $follower -Confirm:$false -PassThru).FollowsKeyRotation | Should -BeFalse
        Update-CodexportIdentity -HomePath $master -Confirm:$false
        $script:line = $null
        Wait-Until { $script:line = Sync-CodexportFollower -Quick -HomePath $follower; $script:line }
        ($line | ConvertFrom-Json).systemMessage | Should -BeLike '*Reset-CodexportTrust -Follow*'
    }
}

Describe 'the result of Update-CodexportIdentity' {
    It 'is what the program prints, in a view of at most five columns' {
        $alone = New-TestMasterHome (Join-Path $TestDrive 'alone')
        $result = Update-CodexportIdentity -HomePath $alone -Confirm:$false -PassThru
        Assert-SameField $result (Get-ProgramJson $ProgramPath $alone 'master', 'identity', 'rotate')
        @(Get-TableColumn $result).Count | Should -BeLessOrEqual 5
        @(Get-ListLabel $result).Count | Should -Be @(Get-DisplaySet $result).Count
    }
}
