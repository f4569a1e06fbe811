/// Text about a resident: a name, an address, a number, a date of birth. It is shown by ``text`` alone, and never by a log line
/// or a debugger that prints the view around it.
public struct Personal: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// What it says.
    public let text: String

    /// Text as it was received.
    public init(_ text: String) {
        self.text = text
    }

    /// Says nothing.
    public var description: String { "Personal(…)" }

    /// Says nothing.
    public var debugDescription: String { description }

    /// Shows nothing.
    public var customMirror: Mirror { Mirror(self, children: [:]) }
}
